import Artifacts
import StrategyIR

/// All that native code of a script depends on: the register programs of its worlds, with the
/// places of everything in their blocks of state. The chart's world is number 0; those of its
/// requests follow, inner ones first.
///
/// Names, texts, zones and calendars are not in it: native code asks its host for what depends on
/// them. So one script with the same parameters mostly has one and the same plan on all symbols and
/// timeframes.
///
///     "FXNP"   4 bytes
///     version  1 byte
///     signal   1 + the number of the chart's plot "signal", 0 without one
///     worlds   a count and its entries: see PlannedWorld
public struct NativePlan {
  package let worlds: [PlannedWorld]
  /// Which of the chart's plots is titled "signal".
  package let signalPlot: Int?
}

extension ScriptRunner {
  /// The plan of native code for this script, with these parameters at this place.
  /// O(size of the script).
  public var plan: NativePlan {
    var worlds: [PlannedWorld] = [PlannedWorld(world.code)]
    forEachFeed { worlds.append(PlannedWorld($0.world.code)) }
    return NativePlan(
      worlds: worlds, signalPlot: program.plots.firstIndex { $0.title == "signal" })
  }
}

extension NativePlan {
  static let magic: [UInt8] = Array("FXNP".utf8)
  /// Incremented when plans, or the code printed from them, change their meaning.
  static let version: UInt8 = 1
  /// Far more than `WorldBuilder` makes.
  static let mostWorlds = 1 << 12

  /// The name of its artifact.
  public var hash: [UInt8] { SHA256.hash(encoded()) }

  /// The same bytes for equal plans.
  public func encoded() -> [UInt8] {
    var writer = ByteWriter()
    for byte in Self.magic { writer.byte(byte) }
    writer.byte(Self.version)
    writer.count((signalPlot ?? -1) + 1)
    writer.list(worlds) { $1.write(&$0) }
    return writer.bytes
  }

  /// nil for bytes that are not a plan, and for a plan whose steps could leave its block of state or not end.
  public init?(encoded bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard Self.magic.allSatisfy({ $0 == reader.byte() }), reader.byte() == Self.version else {
      return nil
    }
    let signal = reader.count()
    let worlds = reader.list { PlannedWorld(&$0) }.compactMap { $0 }
    guard reader.isValid, reader.isAtEnd, let chart = worlds.first,
      worlds.count <= Self.mostWorlds, signal <= chart.plotCount, worlds.allSatisfy(\.isValid)
    else { return nil }
    self.init(worlds: worlds, signalPlot: signal == 0 ? nil : signal - 1)
    // A number can be written in more than one way; of the same plan there is one hash.
    guard encoded() == bytes else { return nil }
  }
}
