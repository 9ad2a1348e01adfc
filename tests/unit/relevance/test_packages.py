"""The words of a package's name that tell something of the program."""

from __future__ import annotations

import pytest

from relevance.packages import package_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("express", "express"),
        ("@angular/core", "@angular core"),
        ("github.com/spf13/viper", "viper"),
        ("github.com/go-chi/chi/v5", "chi"),
        ("gitlab.com/group/tool/cmd", "tool cmd"),
        ("gopkg.in/yaml.v3", "yaml"),
        ("go.uber.org/zap", "zap"),
        ("golang.org/x/net", "net"),
        ("go.temporal.io/sdk", "temporal sdk"),
        ("firebase.google.com/go/v4", "firebase go"),
        ("k8s.io/client-go", "k8s client-go"),
        ("gitea.com/owner/tool", "tool"),
        ("selenium/hub", "selenium hub"),
        ("azure-functions/python", "azure-functions python"),
        ("com.diffplug.spotless", "spotless"),
        ("org.springframework.boot", "spring boot"),
        ("com.unity.cinemachine", "cinemachine"),
        ("git.example.org/owner/tool", "tool"),
        ("go.example.org/area/tool", "area tool"),
        ("example.org", "example.org"),
        ("org.typelevel:cats-core", "cats-core"),
        ("hashicorp/aws", "aws"),
        ("newtonsoft.json", "newtonsoft.json"),
    ],
)
def test_hosts_owners_and_versions_are_left_out(name, words):
    assert words == package_words(name, "x")


def test_the_vendor_of_a_php_package_is_often_the_framework():
    assert "laravel framework" == package_words("laravel/framework", "api/composer.json")


def test_the_owner_of_a_role_of_ansible_says_nothing():
    assert "docker" == package_words("geerlingguy.docker", "requirements.yml")


def test_the_actions_of_a_workflow_say_nothing_of_the_program():
    assert "" == package_words("docker/login-action", ".github/workflows/ci.yml")
