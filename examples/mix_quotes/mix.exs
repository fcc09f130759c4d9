defmodule Quotes.MixProject do
  use Mix.Project

  def project do
    [
      app: :quotes,
      version: "0.1.0",
      elixir: "~> 1.14",
      start_permanent: Mix.env() == :prod,
      deps: deps()
    ]
  end

  def application do
    [extra_applications: [:logger], mod: {Quotes.Application, []}]
  end

  # fxaot is built by rebar3, and its native part by make: see docs/building.md for what that needs.
  # FXAOT_NATIVE_BUILT=1 takes the native part as it is.
  defp deps do
    [{:fxaot, path: System.get_env("FXAOT_PATH", "../.."), manager: :rebar3}]
  end
end
