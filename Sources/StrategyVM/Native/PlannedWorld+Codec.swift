import StrategyIR

/// A count and its entries each: instructions with their lines, registers by their bits, series,
/// kernels, orders, risks, times, fields, series of fields, given registers, results; then the
/// number of plots and the bytes of state.
extension PlannedWorld {
  func write(_ w: inout ByteWriter) {
    w.list(Array(zip(instructions, lines))) { w, entry in
      let (i, line) = entry
      w.byte(i.opcode.rawValue)
      w.byte(i.function)
      w.count(Int(i.texts))
      for number in [i.a, i.b, i.c, line] { w.signed(number) }
    }
    w.list(registers) { $0.word($1.bitPattern) }
    w.list(series) {
      $0.count($1.offset)
      $0.count($1.capacity)
      $0.word($1.empty.bitPattern)
    }
    w.list(kernels) { $1.write(&$0) }
    w.list(orders) { $0.list($1) { $0.signed($1) } }
    w.list(risks) { $0.list($1) { $0.signed($1) } }
    w.list(times) { $0.count($1) }
    w.list(fields) { $0.byte($1.rawValue) }
    w.list(fieldSeries) {
      $0.byte($1.field.rawValue)
      $0.count($1.offset)
    }
    w.list(given) { $0.signed($1) }
    w.list(results) { $0.signed($1) }
    w.count(plotCount)
    w.count(stateBytes)
  }

  /// nil, or an invalid reader, for other bytes. `isValid` checks consistency.
  init?(_ r: inout ByteReader) {
    let steps = r.list { r in
      var i = Instruction(r.raw(Opcode.self, otherwise: .halt))
      i.function = r.byte()
      i.texts = UInt16(truncatingIfNeeded: r.size())
      (i.a, i.b, i.c) = (r.signed(), r.signed(), r.signed())
      return (i, r.signed())
    }
    instructions = steps.map(\.0)
    lines = steps.map(\.1)
    registers = r.list { $0.double() }
    series = r.list { r in
      SeriesSlot(offset: r.size(), capacity: r.size(), empty: r.double())
    }
    let slots = r.list { KernelSlot(&$0) }
    kernels = slots.compactMap { $0 }
    orders = r.list { $0.list { $0.signed() } }
    risks = r.list { $0.list { $0.signed() } }
    times = r.list { $0.size() }
    fields = r.list { $0.raw(BarField.self, otherwise: .open) }
    fieldSeries = r.list { r in (r.raw(BarField.self, otherwise: .open), r.size()) }
    given = r.list { $0.signed() }
    results = r.list { $0.signed() }
    plotCount = r.size()
    stateBytes = r.size()
    guard r.isValid, kernels.count == slots.count else { return nil }
  }
}

extension KernelSlot {
  func write(_ w: inout ByteWriter) {
    w.byte(form.kernel.rawValue)
    w.bool(form.isSkipped)
    w.list(form.known) { w, x in
      w.bool(x != nil)
      if let x { w.word(x.bitPattern) }
    }
    w.count(offset)
    w.bool(isLooped)
  }

  /// Binds the kernel again: the bytes do not decide how it is called.
  init?(_ r: inout ByteReader) {
    let kernel = r.raw(Kernel.self, otherwise: .sma)
    let isSkipped = r.bool()
    let known = r.list { r in r.bool() ? r.double() : nil as Double? }
    form = KernelForm(kernel: kernel, known: known, isSkipped: isSkipped)
    offset = r.size()
    isLooped = r.bool()
    guard r.isValid, let binding = form.binding() else { return nil }
    self.binding = binding
  }
}

extension ByteReader {
  /// A number that counts nothing in the bytes to come.
  fileprivate mutating func size() -> Int {
    let x = unsigned()
    if x > UInt64(WorldCompiler.mostState) << 2 { fail() }
    return isValid ? Int(x) : 0
  }
}
