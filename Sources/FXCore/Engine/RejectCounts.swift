import CFxaot
import Records

/// How many orders of a strategy the gate has refused, by reason, in the order in which the reasons first came. There is
/// room for 15; further ones are counted together, under the code 0. Part of the strategy's state: moves with it.
struct RejectCounts: BitwiseCopyable {
  private static let places = Int(FXAOT_STRATEGY_REJECTS)
  private var codes = InlineArray<16, UInt32>(repeating: 0)
  private var counts = InlineArray<16, UInt64>(repeating: 0)

  mutating func add(_ code: UInt32) {
    for place in 0..<Self.places {
      if counts[place] == 0 { codes[place] = place < Self.places - 1 ? code : 0 }
      if codes[place] == code || place == Self.places - 1 {
        counts[place] &+= 1
        return
      }
    }
  }

  /// Those that have come; the first count of 0 ends them.
  func read(into out: inout fxaot_strategy_stats) {
    withUnsafeMutableBytes(of: &out.rejected) { bytes in
      let rows = bytes.assumingMemoryBound(to: fxaot_reject_count.self)
      for place in rows.indices where place < Self.places {
        rows[place] = fxaot_reject_count(code: codes[place], reserved: 0, count: counts[place])
      }
    }
  }

  mutating func persist(_ archive: inout some StateArchive) {
    for place in 0..<Self.places {
      archive(&codes[place])
      archive(&counts[place])
    }
  }
}
