defmodule Quotes do
  @moduledoc """
  An engine in an Elixir application's own supervision tree.

      iex> Quotes.start_strategy()
      :ok
      iex> Quotes.tick(1.1, 1.1001, 1_704_067_200_000_000_000)
      :ok
  """

  @engine :eur

  @doc "Starts the built-in crossover of two moving averages on bars of one minute."
  def start_strategy do
    :fxaot.deploy(@engine, :cross, %{
      strategy: :ma_crossover,
      instrument: :EURUSD,
      timeframe: {:minutes, 1},
      params: %{band: 0.00005}
    })
  end

  @doc "One quote, from any process. Answers `:ok` or the events that it caused."
  def tick(bid, ask, time_ns), do: :fxaot.tick(@engine, :EURUSD, time_ns, bid, ask)
end
