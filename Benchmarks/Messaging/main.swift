// Speed of the messaging layer, one `name value unit` line a figure; medians over rounds.
try Rings.oneCore()
try Rings.acrossCores()
try Dispatch.run()
try Hop.run()
