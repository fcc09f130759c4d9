import StrategyVM

/// A world's jumps as constructs that nest: loops, choices, and blocks that are left by their label.
///
/// Jumps go forward but for those of loops (a plan is checked for that). A jump over instructions
/// that nothing else enters is a choice; if these end with a jump further forward, what lies between
/// is its other side. Every other jump leaves a block that ends where it goes: it begins at the first
/// such jump, or earlier, where that is what makes it nest.
struct FlowStructure {
  struct Choice {
    /// The instructions that are run when the jump is not taken.
    let then: Range<Int>
    /// Those that are run when it is.
    let otherwise: Range<Int>
  }

  /// Blocks that begin before an instruction and surround the following ones.
  struct Scope: Equatable {
    enum Kind { case block, loop }

    let kind: Kind
    var start: Int
    /// Behind its last instruction.
    let end: Int
  }

  /// By the instruction of the jump.
  private(set) var choices: [Int: Choice] = [:]
  /// By the instruction that they begin at, outer ones first.
  private(set) var scopes: [Int: [Scope]] = [:]

  private let world: PlannedWorld
  private var loops: [Scope] = []
  private var blocks: [Scope] = []
  /// The first and the number of jumps to an instruction.
  private var sources: [Int: (first: Int, count: Int)] = [:]
  /// Jumps that end a choice's first side.
  private var hurdles: Set<Int> = []

  /// O(n · depth), more where many blocks overlap.
  init(_ world: PlannedWorld) {
    self.world = world
    for (pc, i) in world.instructions.enumerated() {
      guard let target = world.target(pc) else { continue }
      if i.opcode == .loop {
        loops.append(Scope(kind: .loop, start: target, end: pc + 1))
      } else {
        sources[target] = (sources[target]?.first ?? pc, (sources[target]?.count ?? 0) + 1)
      }
    }
    loops.sort { ($0.start, -$0.end) < ($1.start, -$1.end) }
    let ends = innermostLoopEnds()
    for pc in world.instructions.indices where isConditional(world.instructions[pc].opcode) {
      choices[pc] = choice(pc, ends)
    }
    findBlocks()
    for scope in loops + blocks { scopes[scope.start, default: []].append(scope) }
    for start in Array(scopes.keys) {
      scopes[start]?.sort { $0.end != $1.end ? $0.end > $1.end : $0.kind == .block }
    }
  }

  /// Whether nothing needs to be written for a jump, since the constructs see to it.
  func isImplied(_ pc: Int) -> Bool { hurdles.contains(pc) }

  /// The scope that a jump leaves: a loop that ends just before its target, or the block there.
  func scopeLeft(by pc: Int) -> Scope? {
    guard let target = world.target(pc) else { return nil }
    return loopLeft(pc, target) ?? blocks.first { $0.end == target }
  }

  private func loopLeft(_ pc: Int, _ target: Int) -> Scope? {
    loops.first { $0.end == target && $0.start <= pc && pc < $0.end }
  }

  private func isConditional(_ opcode: Opcode) -> Bool {
    switch opcode {
    case .jumpIf, .jumpIfNot, .unlessLess, .unlessLessOrEqual, .unlessEqual, .unlessNotEqual: true
    default: false
    }
  }

  /// Where the body of the innermost loop around each instruction ends: at its `loop`.
  private func innermostLoopEnds() -> [Int] {
    var ends = Array(repeating: world.instructions.count, count: world.instructions.count)
    for loop in loops { for pc in loop.start..<loop.end { ends[pc] = loop.end - 1 } }
    return ends
  }

  private mutating func choice(_ pc: Int, _ ends: [Int]) -> Choice? {
    guard let target = world.target(pc), target <= ends[pc],
      !isEntered(pc + 1..<target, from: pc + 1)
    else { return nil }
    let hurdle = target - 1
    let end = world.target(hurdle) ?? target
    guard sources[target]?.count == 1, hurdle > pc, world.instructions[hurdle].opcode == .jump,
      end <= ends[pc], !isEntered(target + 1..<end, from: target)
    else { return Choice(then: pc + 1..<target, otherwise: target..<target) }
    hurdles.insert(hurdle)
    return Choice(then: pc + 1..<hurdle, otherwise: target..<end)
  }

  /// Whether a jump from before `start` goes into a region.
  private func isEntered(_ region: Range<Int>, from start: Int) -> Bool {
    region.contains { (sources[$0]?.first ?? start) < start }
  }

  // MARK: Blocks

  private mutating func findBlocks() {
    var starts: [Int: Int] = [:]
    for pc in world.instructions.indices {
      guard world.instructions[pc].opcode != .loop, choices[pc] == nil, !hurdles.contains(pc),
        let target = world.target(pc), loopLeft(pc, target) == nil
      else { continue }
      starts[target] = min(starts[target] ?? pc, pc)
    }
    for (end, start) in starts.sorted(by: { $0.key < $1.key }) {
      var block = Scope(kind: .block, start: start, end: end)
      while let earlier = earlierStart(of: block) { block.start = earlier }
      blocks.append(block)
    }
  }

  /// Where a block must begin so that it does not cross the block around it; nil: no change.
  private func earlierStart(of block: Scope) -> Int? {
    for other in blocks where other.start < block.start && block.start < other.end {
      if block.end > other.end { return other.start }
    }
    for loop in loops where loop.start < block.start && block.start < loop.end {
      if block.end >= loop.end { return loop.start }
    }
    for (pc, choice) in choices where pc < block.start {
      for side in [choice.then, choice.otherwise] where side.contains(block.start) {
        if block.end > side.upperBound { return pc }
      }
    }
    return nil
  }
}
