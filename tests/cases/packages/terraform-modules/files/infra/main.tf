terraform {
  required_providers {
    snowflake = {
      source  = "snowflakedb/snowflake"
      version = "~> 1.0"
    }
  }
}
# provider "github" {}
provider "google" {
  project = "granary"
}
module "cluster" {
  source = "terraform-google-modules/kubernetes-engine/google"
}
module "own" {
  source = "./modules/own"
}
module "dns" {
  source = "git::https://git.example/shared/dns-zone.git?ref=v2"
}
locals {
  note = <<-EOT
    provider "heroku" {
  EOT
}
