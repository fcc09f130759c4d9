defmodule QuotesTest do
  use ExUnit.Case

  test "a day of quotes comes back as events" do
    assert Quotes.start_strategy() == :ok
    {:ok, %{quotes: quotes}} = :fxaot.replay(:eur, %{days: 1, seed: 1}, %{})
    assert quotes > 100_000
    %{events: events} = :fxaot.stats(:eur)
    counts = Quotes.Journal.counts()

    assert Enum.sum(for {kind, n} <- counts, kind in [:signal, :order, :fill, :reject], do: n) ==
             events

    assert counts.fill == counts.order
  end

  test "the engine outlives a crash of its process" do
    %{quotes: before} = :fxaot.stats(:eur)
    Process.exit(Process.whereis(:eur), :kill)
    Quotes.tick(1.1, 1.1001, 1_600_000_000_000_000_000)
    assert quotes(:fxaot.stats(:eur)) == before + 1
  end

  test "help comes from the documentation chunks" do
    assert {:docs_v1, _, :erlang, _, %{}, _, docs} = Code.fetch_docs(:fxaot)
    assert {_, _, _, %{"en" => text}, _} = List.keyfind(docs, {:function, :tick, 5}, 0)
    assert text != []
  end

  defp quotes(%{quotes: quotes}), do: quotes
  # The process is restarting.
  defp quotes({:error, {:engine_down, _}}), do: quotes(:fxaot.stats(:eur))
end
