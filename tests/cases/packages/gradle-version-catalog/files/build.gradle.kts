dependencies {
    implementation(libs.sqldelight.runtime)
}
