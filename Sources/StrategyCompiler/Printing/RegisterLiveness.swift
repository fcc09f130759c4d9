import StrategyVM

/// Which registers of a world carry a value from where to where.
///
/// Blocks are runs of instructions that are entered at their first one only. A step's end reads what
/// the host wants and what the next step begins with: what lives from step to step is found by going
/// round until it stays the same.
struct RegisterLiveness {
  /// Where blocks begin, in order.
  let leaders: [Int]
  /// Read in a block or behind it, before it is written there.
  private(set) var liveIn: [RegisterSet]
  /// Still read behind a block.
  private(set) var liveOut: [RegisterSet]
  /// What a step leaves in the state for the next one or for the host.
  private(set) var kept: RegisterSet
  /// Registers that some instruction writes.
  let written: RegisterSet

  /// What becomes of a value that an instruction writes.
  struct Use {
    /// It is still wanted where its block ends.
    var outlivesBlock = false
    var isReadInBlock = false
  }

  private let world: PlannedWorld
  private var uses: [Int: [Int: Use]] = [:]
  private let blockOf: [Int: Int]

  /// O(instructions × registers / 64) a round; two or three rounds.
  init(_ world: PlannedWorld) {
    self.world = world
    leaders = Self.leaders(of: world)
    blockOf = Dictionary(uniqueKeysWithValues: leaders.enumerated().map { ($1, $0) })
    let none = RegisterSet(world.registers.count)
    liveIn = Array(repeating: none, count: leaders.count)
    liveOut = liveIn
    var written = none
    for i in world.instructions { for r in world.writes(i) { written.insert(r) } }
    self.written = written
    kept = none
    for r in world.results where written.contains(Int(r)) { kept.insert(Int(r)) }
    while true {
      solve()
      var next = liveIn[0]
      next.formIntersection(written)
      next.formUnion(kept)
      if next == kept { break }
      kept = next
    }
    for block in leaders.indices { noteUses(block) }
  }

  func use(of r: Int, writtenAt pc: Int) -> Use { uses[pc]?[r] ?? Use() }

  private mutating func noteUses(_ block: Int) {
    var atEnd = liveOut[block]
    var read = RegisterSet(world.registers.count)
    for pc in instructions(of: block).reversed() {
      let i = world.instructions[pc]
      for r in world.writes(i) {
        uses[pc, default: [:]][r] = Use(
          outlivesBlock: atEnd.contains(r), isReadInBlock: read.contains(r))
        atEnd.remove(r)
        read.remove(r)
      }
      for r in world.reads(i) { read.insert(r) }
    }
  }

  func instructions(of block: Int) -> Range<Int> {
    let end = block + 1 < leaders.count ? leaders[block + 1] : world.instructions.count
    return leaders[block]..<end
  }

  func block(at pc: Int) -> Int? { blockOf[pc] }

  private static func leaders(of world: PlannedWorld) -> [Int] {
    var found: Set<Int> = [0]
    for (pc, i) in world.instructions.enumerated() {
      let target = world.target(pc)
      if let target { found.insert(target) }
      if target != nil || i.opcode == .halt || i.opcode == .fail { found.insert(pc + 1) }
    }
    found.remove(world.instructions.count)
    return found.sorted()
  }

  private func successors(_ block: Int) -> [Int] {
    let last = instructions(of: block).upperBound - 1
    var next: [Int] = []
    if let target = world.target(last) { next.append(target) }
    switch world.instructions[last].opcode {
    case .halt, .fail, .jump, .loop: break
    default: next.append(last + 1)
    }
    return next.compactMap { blockOf[$0] }
  }

  private mutating func solve() {
    var changed = true
    while changed {
      changed = false
      for block in leaders.indices.reversed() {
        let range = instructions(of: block)
        var live = RegisterSet(world.registers.count)
        if world.instructions[range.upperBound - 1].opcode == .halt { live = kept }
        for next in successors(block) { live.formUnion(liveIn[next]) }
        liveOut[block] = live
        for pc in range.reversed() {
          for r in world.writes(world.instructions[pc]) { live.remove(r) }
          for r in world.reads(world.instructions[pc]) { live.insert(r) }
        }
        if live != liveIn[block] {
          liveIn[block] = live
          changed = true
        }
      }
    }
  }
}

/// A set of registers, as bits.
struct RegisterSet: Equatable {
  private var words: [UInt64]

  init(_ count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

  func contains(_ r: Int) -> Bool { words[r / 64] >> UInt64(r % 64) & 1 == 1 }
  mutating func insert(_ r: Int) { words[r / 64] |= 1 << UInt64(r % 64) }
  mutating func remove(_ r: Int) { words[r / 64] &= ~(1 << UInt64(r % 64)) }

  mutating func formUnion(_ other: RegisterSet) {
    for i in words.indices { words[i] |= other.words[i] }
  }

  mutating func formIntersection(_ other: RegisterSet) {
    for i in words.indices { words[i] &= other.words[i] }
  }

  /// In ascending order.
  var members: [Int] {
    words.indices.flatMap { i in
      (0..<64).filter { words[i] >> UInt64($0) & 1 == 1 }.map { i * 64 + $0 }
    }
  }
}
