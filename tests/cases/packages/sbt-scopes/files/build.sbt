name := "cellar"
libraryDependencies ++= Seq(
  "com.softwaremill.sttp.client4" %% "core" % "4.0.0",
  // "org.tpolecat" %% "doobie-core" % "1.0.0",
  "com.disneystreaming" %% "weaver-cats" % "0.8.4" % Test
)
