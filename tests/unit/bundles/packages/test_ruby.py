"""Gems in a Gemfile or a gemspec."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages.ruby import FORMATS, read_gemfile, read_gemspec
from bundles.packages.ruby_text import MAX_LENGTH
from tests.unit.bundles.packages.reading import named, names, reader

GEMFILE = """# frozen_string_literal: true
source "https://rubygems.org"
git_source(:github) { |repo| "https://github.com/#{repo}.git" }
ruby "3.3.0"
gemspec

gem "roda", "~> 3.8" # gem "sinatra"
gem('sequel')
gem "tilt",
    "~> 2.0",
    require: false
# gem "hanami"
=begin
gem "camping"
=end
gem "falcon", platforms: %i[mri] if ENV["FALCON"]

group :development, :test do
  gem "minitest"
  unless RUBY_ENGINE == "jruby"
    gem "byebug"
  end
  while flag do
    gem "looped"
  end
end
gem "puma"

group :production do
  gem "pg"
end
group :test, :production do
  gem "oj"
end
group(:test, optional: true) { gem "capybara" }
group :lint, :optional => true do gem "standard" end
gem "after"

gem "rack-test", group: :test
gem "yard", :group => [:docs, :development], :require => false
gem "simplecov", groups: %i[test ci]
gem "bootsnap", groups: [:default, :test]

path "engines" do
  gem "billing"
end
gem "hull", path: "../hull"
gem "mast", :path => "../mast"
git "https://user:secret@git.test/x.git" do
  gem "sail", branch: "main"
end
NOTE = <<~TEXT
  Don't take gem "heredoc" for one
TEXT
gem "rails-#{version}"
gem name
object.gem "not_a_call"
puts :end, a ? "gem" : 'gem'
__END__
gem "beyond"
"""

GEMSPEC = """Gem::Specification.new do |spec|
  spec.name = "hull"
  spec.description = <<-DESC.strip
    Doesn't add_dependency "nothing"
  DESC
  spec.files = `git ls-files -z`.split("\\x0").reject { |f| f.match(%r{^(test|'spec)/}) }
  spec.files.grep(/["']/)
  spec.required_ruby_version = ">= 3.1"
  spec.add_dependency "zeitwerk", "~> 2.6"
  spec.add_runtime_dependency(%q<dry-types>.freeze, [">= 1.7".freeze])
  # spec.add_dependency "mustermann"
  if spec.respond_to? :specification_version then
    spec&.add_development_dependency("rake".freeze)
  end
  spec.add_development_dependency 'rspec'
  spec.add_dependency(name, version)
  spec.add_dependency
  add_dependency "no_receiver"
end
"""


def test_gems_of_a_gemfile_are_told_from_comments_text_and_folders():
    expected = (
        "roda sequel tilt falcon minitest* byebug* looped* puma pg oj capybara* standard* after "
        "rack-test* yard* simplecov* bootsnap sail"
    )

    assert expected.split() == names("Gemfile", GEMFILE, FORMATS)


def test_gems_of_a_gemspec_may_have_any_receiver():
    expected = [
        ("zeitwerk", 9, False),
        ("dry-types", 10, False),
        ("rake", 13, True),
        ("rspec", 15, True),
    ]

    assert expected == named("hull.gemspec", GEMSPEC, FORMATS)


def test_lines_are_where_the_names_stand():
    text = 'x = "\n\n"\ntext = <<A\n\nA\ngem(\n  "roda"\n)\n'

    assert [("roda", 8, False)] == named("gems.rb", text, FORMATS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("end\n}\ngem 'a'", ["a"], id="too-many-ends"),
        pytest.param("group :test do\ngem 'a'", ["a*"], id="too-few-ends"),
        pytest.param("group\ngem 'a'", ["a"], id="group-of-nothing"),
        pytest.param("group :test\ngem 'a'", ["a"], id="group-without-block"),
        pytest.param(
            "group :test,\n  :docs do\ngem 'a'\nend\ngem 'b'", ["a*", "b"], id="two-lines"
        ),
        pytest.param("x = if a\ngem 'b'\nend\ngem 'c'", ["b", "c"], id="value-of-if"),
        pytest.param("group :test do\nx if a\ngem 'b'\nend\ngem 'c'", ["b*", "c"], id="modifier"),
        pytest.param("group :test do\nx.end\ngem 'b'\nend", ["b*"], id="method-end"),
        pytest.param("gem 'a', 'group' => :test", ["a*"], id="string-key"),
        pytest.param("gem 'a', {group: :test}", ["a*"], id="hash"),
        pytest.param("gem 'a', group: [\n:test,\n:docs\n]", ["a*"], id="list-over-lines"),
        pytest.param("[gem('a')]; gem 'b'; gem :c; gem", ["a", "b"], id="statements"),
        pytest.param("group :test do gem 'a' do gem 'b' end end", ["a*", "b*"], id="one-line"),
        pytest.param("gem 'a' unless x\ngem 'b'", ["a", "b"], id="unless"),
        pytest.param("gem '-a'\ngem '../a'\ngem ''", [], id="no-names"),
        pytest.param("gem 'a\\'\ngem \"b", [], id="open-string"),
        pytest.param("x = <<A\ngem 'a'", [], id="open-heredoc"),
        pytest.param("=begin\ngem 'a'", [], id="open-comment"),
        pytest.param("path 'a' do\ngroup :test do\ngem 'b'\nend\nend", [], id="group-in-folder"),
        pytest.param("gem 'a', :git => 'https://u:p@h/x.git'", ["a"], id="git"),
        pytest.param("gem 'a' # it's\ngem 'b' # isn't", ["a", "b"], id="apostrophes"),
        pytest.param("gem 'a', \\\n  group: :test", ["a*"], id="backslash"),
    ],
)
def test_gemfiles(text, expected):
    assert expected == names("Gemfile", text, FORMATS)


@pytest.mark.parametrize("path", ["Gemfile", "a.gemspec"])
def test_longer_programs_than_people_write_are_refused(path):
    with pytest.raises(ValueError):
        names(path, "#" * (MAX_LENGTH + 1), FORMATS)


@pytest.mark.parametrize("path", ["Gemfile.lock", "gemfile.md", ".gemspec.bak"])
def test_other_files_are_not_read(path):
    assert reader(path, FORMATS) is None


PIECES = st.sampled_from(
    [
        *(
            "gem ",
            "'a'",
            '"',
            "'",
            "group ",
            ":test",
            " do\n",
            "end\n",
            "{",
            "}",
            "(",
            ")",
            ",",
            "\n",
        ),
        *("path: ", "=> ", "<<A\n", "A\n", "%q<", ">", "#", "=begin\n", "if ", "while ", ".", "\\"),
        *("s.add_dependency ", "group: ", "[", "]", "%i[a]", "/", "::", "__END__\n"),
    ]
)


@pytest.mark.parametrize("read", [read_gemfile, read_gemspec])
@given(text=st.text() | st.lists(PIECES).map("".join))
def test_no_text_raises_anything(read, text):
    lines = text.count("\n") + 1

    assert all(1 <= found.line <= lines for found in read(text))
