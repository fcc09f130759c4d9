defmodule Quotes.Application do
  @moduledoc false
  use Application

  @impl true
  def start(_type, _args) do
    children = [:fxaot.child_spec(:eur, %{instruments: [:EURUSD]}), Quotes.Journal]
    Supervisor.start_link(children, strategy: :rest_for_one, name: Quotes.Supervisor)
  end
end
