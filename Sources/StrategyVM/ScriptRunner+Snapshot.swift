import StrategyIR

/// A runner's whole state as bytes, to go on from later or elsewhere, bit for bit: with the same
/// program, environment and parameters.
///
///     feeds   of each request, inner ones first: its world, its open bar and results, the live bars that it reads
///     world   the chart's state block, and the day of its newest bar
///     texts   those that the script has made
extension ScriptRunner {
  public func snapshot() -> [UInt8] {
    var writer = StateWriter(room: stateBytes + 1_024)
    forEachFeed { $0.write(&writer) }
    world.write(&writer)
    writer.count(texts.arena.count - program.texts.count)
    for i in program.texts.count..<texts.arena.count { writer.text(texts.arena.string(TextRef(i))) }
    return writer.bytes
  }

  /// False, and nothing changed, for bytes that are no snapshot of this script.
  public func restore(_ bytes: [UInt8]) -> Bool {
    let saved = snapshot()
    if read(bytes) { return true }
    _ = read(saved)
    return false
  }

  /// Goes back to a snapshot of this very runner, but for the `varip` variables that are no objects.
  public func rewind(to bytes: [UInt8]) {
    let kept = world.code.withinBar.map { world.registers[$0] }
    _ = read(bytes)
    for (register, value) in zip(world.code.withinBar, kept) { world.registers[register] = value }
  }

  private func read(_ bytes: [UInt8]) -> Bool {
    var reader = StateReader(bytes)
    forEachFeed { $0.read(&reader) }
    world.read(&reader)
    let made = reader.count()
    for i in 0..<made where reader.isValid {
      let expected = TextRef(truncatingIfNeeded: program.texts.count + i)
      if texts.arena.intern(reader.text()) != expected { reader.fail() }
    }
    return reader.isValid && reader.isAtEnd
  }

  func forEachFeed(_ body: (RequestFeed) -> Void) {
    func visit(_ feed: RequestFeed) {
      for inner in feed.feeds { visit(inner) }
      body(feed)
    }
    for feed in feeds { visit(feed) }
  }
}
