defmodule Quotes.Journal do
  @moduledoc "Counts the events of the engine, by kind."
  use GenServer
  require Record

  # The records of fxaot.hrl.
  Record.defrecord(:fill, Record.extract(:fill, from_lib: "fxaot/include/fxaot.hrl"))

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)

  @doc "The number of events of each kind, and the profit of all fills in micro-units."
  def counts, do: GenServer.call(__MODULE__, :counts)

  @impl true
  def init(counts) do
    :ok = :fxaot.subscribe(:eur)
    {:ok, counts}
  end

  @impl true
  def handle_call(:counts, _from, counts), do: {:reply, counts, counts}

  @impl true
  def handle_info({:fxaot_events, :eur, _incarnation, _first, events}, counts) do
    {:noreply, Enum.reduce(events, counts, &count/2)}
  end

  def handle_info({:fxaot_gap, :eur, from, to}, counts) do
    {:noreply, Map.update(counts, :missed, to - from + 1, &(&1 + to - from + 1))}
  end

  defp count(event, counts) do
    counts = Map.update(counts, elem(event, 0), 1, &(&1 + 1))

    case event do
      fill(profit: profit) -> Map.update(counts, :profit, profit, &(&1 + profit))
      _ -> counts
    end
  end
end
