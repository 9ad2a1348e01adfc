Gem::Specification.new do |s|
  s.name = 'windlass'
  s.description = <<~TEXT
    Doesn't s.add_dependency 'nokogiri'
  TEXT
  s.add_runtime_dependency(%q<thor>.freeze, ['>= 1'])
  s.add_development_dependency 'bacon'
end
