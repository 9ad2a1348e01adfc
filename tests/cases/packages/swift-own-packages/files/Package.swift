// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Pantry",
    dependencies: [
        .package(
            url: "https://git.example/hummingbird/hummingbird.git",
            from: "2.0.0"
        ),
        // .package(url: "https://git.example/old/fluent.git", from: "4.0.0"),
        .package(name: "PantryKit", path: "../PantryKit"),
    ]
)
