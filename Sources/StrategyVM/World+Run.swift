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
      case .truth: r[a] = Pine.isNonzero(r[b]) ? 1 : 0
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
      case .forTest:
        if !Pine.forTest(r[a], to: r[a &+ 1], step: r[b], &r[a &+ 2]) { pc = instructions + c }
      case .forStep: r[a] += r[a &+ 2]
      case .ring: r[a] = past(b).value(state + b, ago: c)
      case .ringAt:
        let ago = Pine.pastOffset(r[c], most: Int(i.texts))
        if ago == -2 { return fail(.history(line: line(pc), offset: r[c])) }
        if ago != 0 {
          r[a] = past(b).value(state + b, orNA: ago)
          pc += 1
        }
      case .push: push(r[a], b)
      case .pushOnce: if past(b).isFirst(state + b, bar: bar) { push(r[a], b) }
      case .stamp: _ = past(b).isFirst(state + b, bar: bar)
      case .checkLength:
        if Pine.isBadLength(r[b]) { return fail(.length(line: line(pc), value: r[b])) }
      case .kernel:
        let call = kernels[c]
        call.step(call.kernel, state + call.offset, r + b, r + a)
      case .kernelAgain:
        let call = kernels[c]
        Pine.rewind(state + call.offset - LoopedState.headerBytes, bytes: call.bytes, bar: bar)
        call.step(call.kernel, state + call.offset, r + b, r + a)
      case .carry: carry(kernels[c], r + a, r + b, Int(i.function), bar)
      case .function:
        let inputs = UnsafeBufferPointer(start: r + b, count: c)
        r[a] = evaluate(i.function, inputs, texts: i.texts)
        if texts.isFull { return fail(.texts(line: line(pc))) }
      case .object:
        guard let heap else { return }
        r[a] = heap.evaluate(i.function, UnsafeBufferPointer(start: r + b, count: c))
        if let fault = heap.fault { return fail(.object(line: line(pc), fault)) }
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
      case .checkStep:
        if Pine.isBadStep(r[a], to: r[a &+ 1], step: r[b], r[a &+ 2]) {
          return fail(.step(line: line(pc), value: r[b]))
        }
      case .fail:
        return fail(.error(line: line(pc), message: texts.arena.string(Self.text(r[b]))))
      }
    }
  }

  private func carry(
    _ call: KernelCall, _ row: UnsafeMutablePointer<Double>,
    _ arguments: UnsafeMutablePointer<Double>, _ count: Int, _ bar: Int
  ) {
    for _ in 0..<Pine.skippedBars(since: row[0], bar: bar) {
      call.step(call.kernel, state + call.offset, row + 1, row + 1 + count)
    }
    row[0] = Double(bar)
    (row + 1).update(from: arguments, count: count)
  }

  /// The line of the instruction before `pc`.
  private func line(_ pc: UnsafeMutablePointer<Instruction>) -> Int {
    Int(code.lines[pc - instructions - 1])
  }

  /// A function of the IR, by its raw value.
  func evaluate(
    _ function: UInt8, _ inputs: UnsafeBufferPointer<Double>, texts mask: UInt16
  ) -> Double {
    guard let function = Function(rawValue: function) else { return .nan }
    return NumberFunctions.evaluate(function, inputs, mintick: mintick)
      ?? texts.evaluate(function, inputs, texts: UInt32(mask)) ?? .nan
  }
}
