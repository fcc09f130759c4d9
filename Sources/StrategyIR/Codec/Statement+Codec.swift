/// One byte for the case, then its values. The bytes are part of the format.
extension Statement {
  func write(_ w: inout ByteWriter) {
    switch self {
    case .evaluate(let e): w.tagged(0, e.raw)
    case .declare(let v, let e): w.tagged(1, v.raw, e.raw)
    case .declareOnce(let v, let e): w.tagged(2, v.raw, e.raw)
    case .assign(let v, let e): w.tagged(3, v.raw, e.raw)
    case .branch(let c, let then, let otherwise): w.tagged(4, c.raw, then.raw, otherwise.raw)
    case .forLoop(let n): w.tagged(5, n)
    case .whileLoop(let c, let body): w.tagged(6, c.raw, body.raw)
    case .breakLoop: w.byte(7)
    case .continueLoop: w.byte(8)
    case .order(let n): w.tagged(9, n)
    case .risk(let n): w.tagged(10, n)
    case .plot(let n, let e): w.tagged(11, n, e.raw)
    case .fail(let e): w.tagged(12, e.raw)
    }
  }

  init(_ r: inout ByteReader) {
    switch r.byte() {
    case 0: self = .evaluate(ExpressionRef(r.signed()))
    case 1: self = .declare(VariableRef(r.signed()), ExpressionRef(r.signed()))
    case 2: self = .declareOnce(VariableRef(r.signed()), ExpressionRef(r.signed()))
    case 3: self = .assign(VariableRef(r.signed()), ExpressionRef(r.signed()))
    case 4:
      self = .branch(
        ExpressionRef(r.signed()), then: BlockRef(r.signed()), else: BlockRef(r.signed()))
    case 5: self = .forLoop(r.signed())
    case 6: self = .whileLoop(ExpressionRef(r.signed()), BlockRef(r.signed()))
    case 7: self = .breakLoop
    case 8: self = .continueLoop
    case 9: self = .order(r.signed())
    case 10: self = .risk(r.signed())
    case 11: self = .plot(r.signed(), ExpressionRef(r.signed()))
    case 12: self = .fail(ExpressionRef(r.signed()))
    default:
      r.fail()
      self = .breakLoop
    }
  }
}

extension ForLoop {
  func write(_ w: inout ByteWriter) {
    for raw in [counter.raw, from.raw, to.raw, step.raw, body.raw] { w.signed(raw) }
  }

  init(_ r: inout ByteReader) {
    self.init(
      counter: VariableRef(r.signed()), from: ExpressionRef(r.signed()),
      to: ExpressionRef(r.signed()), step: ExpressionRef(r.signed()), body: BlockRef(r.signed()))
  }
}

extension Request {
  func write(_ w: inout ByteWriter) {
    for raw in [timeframe.raw, gaps.raw, lookahead.raw, block.raw] { w.signed(raw) }
    w.list(results) { $0.signed($1.raw) }
    w.byte(kind.rawValue)
    for raw in [symbol.raw, currency.raw, ignoresMissing.raw] { w.signed(raw) }
  }

  init(_ r: inout ByteReader) {
    self.init(
      timeframe: ExpressionRef(r.signed()), gaps: ExpressionRef(r.signed()),
      lookahead: ExpressionRef(r.signed()), block: BlockRef(r.signed()),
      results: r.list { ExpressionRef($0.signed()) })
    kind = r.raw(Kind.self, otherwise: .security)
    symbol = ExpressionRef(r.signed())
    currency = ExpressionRef(r.signed())
    ignoresMissing = ExpressionRef(r.signed())
  }
}

extension OrderCall {
  func write(_ w: inout ByteWriter) {
    w.byte(kind.rawValue)
    for argument in arguments { w.signed(argument.raw) }
  }

  init(_ r: inout ByteReader) {
    self.init(r.raw(OrderCommand.Kind.self, otherwise: .entry))
    self = mapped { _ in ExpressionRef(r.signed()) }
  }
}

extension RiskCall {
  func write(_ w: inout ByteWriter) {
    w.byte(kind.rawValue)
    w.signed(value.raw)
    w.bool(isPercent)
    w.signed(message.raw)
  }

  init(_ r: inout ByteReader) {
    self.init(
      r.raw(RiskRule.Kind.self, otherwise: .allowEntryIn), value: ExpressionRef(r.signed()),
      isPercent: r.bool(), message: ExpressionRef(r.signed()))
  }
}
