dependencies {
    implementation(kotlin("reflect"))
    ksp("com.squareup.moshi:moshi-kotlin-codegen:1.15.1")
    implementation("io.insert-koin:koin-core:4.0.0") {
        exclude(group = "org.slf4j", module = "slf4j-api")
    }
}
