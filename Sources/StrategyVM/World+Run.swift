import Indicators
import StrategyIR

extension World {
  /// The interpreter. Everything it needs is in locals; the compiler of the program vouches for
  /// the registers, offsets and jumps.
  func run(_ book: UnsafePointer<BookView>) {
    let r = registers
    let state = state
    let kernels = kernels
    let bar = state.load(as: Int.self)
    var left = budget
    var pc = instructions
    while true {
      let i = pc.pointee
      let a = Int(i.a)
      let b = Int(i.b)
      let c = Int(i.c)
      pc += 1
      switch i.opcode {
      case .halt: return
      case .move: r[a] = r[b]
      case .negate: r[a] = -r[b]
      case .not: r[a] = Pine.isTrue(r[b]) ? 0 : 1
      case .isNA: r[a] = r[b] != r[b] ? 1 : 0
      case .truncate: r[a] = r[b].rounded(.towardZero)
      case .truth: r[a] = Pine.isTrue(r[b]) ? 1 : 0
      case .add: r[a] = r[b] + r[c]
      case .subtract: r[a] = r[b] - r[c]
      case .multiply: r[a] = r[b] * r[c]
      case .divide: r[a] = Pine.quotient(r[b], r[c])
      case .remainder: r[a] = Pine.remainder(r[b], r[c])
      case .divideIntegers: r[a] = Pine.wholeQuotient(r[b], r[c])
      case .less: r[a] = Pine.isGreater(r[c], r[b]) ? 1 : 0
      case .lessOrEqual: r[a] = Pine.isGreaterOrEqual(r[c], r[b]) ? 1 : 0
      case .greater: r[a] = Pine.isGreater(r[b], r[c]) ? 1 : 0
      case .greaterOrEqual: r[a] = Pine.isGreaterOrEqual(r[b], r[c]) ? 1 : 0
      case .equal: r[a] = Pine.isEqual(r[b], r[c]) ? 1 : 0
      case .notEqual: r[a] = Pine.differs(r[b], r[c]) ? 1 : 0
      case .abs: r[a] = r[b].magnitude
      case .max: r[a] = Pine.larger(r[b], r[c])
      case .min: r[a] = Pine.smaller(r[b], r[c])
      case .nz: r[a] = Pine.nz(r[b], r[c])
      case .jump: pc = instructions + c
      case .jumpIf: if Pine.isTrue(r[a]) { pc = instructions + c }
      case .jumpIfNot: if !Pine.isTrue(r[a]) { pc = instructions + c }
      case .unlessLess: if !Pine.isGreater(r[b], r[a]) { pc = instructions + c }
      case .unlessLessOrEqual: if !Pine.isGreaterOrEqual(r[b], r[a]) { pc = instructions + c }
      case .unlessEqual: if !Pine.isEqual(r[a], r[b]) { pc = instructions + c }
      case .unlessNotEqual: if !Pine.differs(r[a], r[b]) { pc = instructions + c }
      case .loop:
        left &-= b
        if left < 0 { return fail(.budget(line: line(pc))) }
        pc = instructions + c
      case .forTest: if !Self.testFor(r + a, step: r[b]) { pc = instructions + c }
      case .forStep: r[a] += r[a &+ 2]
      case .ring:
        let series = (state + b).assumingMemoryBound(to: SeriesHeader.self)
        let slot = (series.pointee.count &- c) & series.pointee.mask
        r[a] = (state + b + SeriesHeader.bytes).assumingMemoryBound(to: Double.self)[slot]
      case .ringAt:
        guard let value = past(b, r[c], line(pc)) else { return }
        if let value {
          r[a] = value
          pc += 1
        }
      case .push: push(r[a], b)
      case .pushOnce: if isFirst(b, bar) { push(r[a], b) }
      case .stamp: _ = isFirst(b, bar)
      case .checkLength:
        if r[b] < 1 || r[b] > Double(Program.longestHistory) {
          return fail(.length(line: line(pc), value: r[b]))
        }
      case .kernel:
        let call = kernels[c]
        call.step(call.kernel, state + call.offset, r + b, r + a)
      case .kernelAgain:
        let call = kernels[c]
        let block = state + call.offset - LoopedState.headerBytes
        LoopedState.rewind(block, call.bytes, bar: bar)
        call.step(call.kernel, state + call.offset, r + b, r + a)
      case .carry: carry(kernels[c], r + a, r + b, Int(i.function), bar)
      case .function:
        r[a] = function(i, r + b, c)
        if texts.isFull { return fail(.texts(line: line(pc))) }
      case .time: r[a] = times[c].answer(r + b, texts)
      case .book: r[a] = book.pointee.numbers[c]
      case .positionEntryName: r[a] = Double(book.pointee.positionEntryName)
      case .openTrade:
        r[a] = trade(book.pointee.openTrades, book.pointee.openCount, r[b], c)
      case .closedTrade:
        r[a] = trade(book.pointee.closedTrades, book.pointee.closedCount, r[b], c)
      case .order: if !order(orders + c, r) { return fail(.orders(line: line(pc))) }
      case .risk: if !risk(code.risks[c], r) { return fail(.orders(line: line(pc))) }
      case .plot: output.pointee.plots[c] = r[b]
      case .fail:
        return fail(.error(line: line(pc), message: texts.arena.string(Self.text(r[b]))))
      }
    }
  }

  private func carry(
    _ call: KernelCall, _ row: UnsafeMutablePointer<Double>,
    _ arguments: UnsafeMutablePointer<Double>, _ count: Int, _ bar: Int
  ) {
    let last = row[0]
    if last >= 1, last < Double(bar) {
      let skipped = min(bar &- 1 &- Int(last), Program.longestHistory)
      for _ in 0..<max(skipped, 0) {
        call.step(call.kernel, state + call.offset, row + 1, row + 1 + count)
      }
    }
    row[0] = Double(bar)
    (row + 1).update(from: arguments, count: count)
  }

  /// The line of the instruction before `pc`.
  private func line(_ pc: UnsafeMutablePointer<Instruction>) -> Int {
    Int(code.lines[pc - instructions - 1])
  }

  /// Counter, bound, direction. The direction is settled in the first round.
  private static func testFor(_ r: UnsafeMutablePointer<Double>, step: Double) -> Bool {
    if r[2] != r[2] {
      let size = step.magnitude
      guard size > 0, r[0] == r[0], r[1] == r[1] else { return false }
      r[2] = r[0] <= r[1] ? size : -size
    }
    return r[2] > 0 ? r[0] <= r[1] : r[0] >= r[1]
  }

  /// Whether a series is touched for the first time on this bar.
  @inline(__always)
  private func isFirst(_ offset: Int, _ bar: Int) -> Bool {
    let series = (state + offset).assumingMemoryBound(to: SeriesHeader.self)
    defer { series.pointee.stamp = bar }
    return series.pointee.stamp != bar
  }

  /// nil: failed. The inner nil: the value now.
  private func past(_ offset: Int, _ ago: Double, _ line: @autoclosure () -> Int) -> Double?? {
    guard ago == ago else { return .some(.nan) }
    let floor = ago.rounded(.down)
    guard floor >= 0, floor <= Double(Program.longestHistory) else {
      fail(.history(line: line(), offset: ago))
      return nil
    }
    let n = Int(floor)
    if n == 0 { return .some(nil) }
    let series = (state + offset).assumingMemoryBound(to: SeriesHeader.self).pointee
    let ring = (state + offset + SeriesHeader.bytes).assumingMemoryBound(to: Double.self)
    return n <= series.mask + 1 ? .some(ring[(series.count &- n) & series.mask]) : .some(.nan)
  }

  private func function(
    _ i: Instruction, _ arguments: UnsafeMutablePointer<Double>, _ count: Int
  ) -> Double {
    guard let function = Function(rawValue: i.function) else { return .nan }
    let inputs = UnsafeBufferPointer(start: arguments, count: count)
    return NumberFunctions.evaluate(function, inputs, mintick: mintick)
      ?? texts.evaluate(function, inputs, texts: UInt32(i.texts)) ?? .nan
  }
}
