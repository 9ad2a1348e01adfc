defmodule Larder.MixProject do
  use Mix.Project

  def project do
    [app: :larder, deps: deps(), dialyzer: [plt_file: {:no_warn, "priv/plts/larder.plt"}]]
  end

  defp deps do
    [
      {:broadway, "~> 1.1"},
      {:stream_data, "~> 1.1", only: [:dev, :test]},
      # {:absinthe, "~> 1.7"},
      {:larder_web, in_umbrella: true}
    ]
  end
end
