extension ArgumentList {
  func write(_ w: inout ByteWriter) {
    w.signed(start)
    w.signed(count)
  }

  init(_ r: inout ByteReader) { self.init(start: r.signed(), count: r.signed()) }
}

/// One byte for the case, then its values. The bytes are part of the format.
extension Expression {
  func write(_ w: inout ByteWriter) {
    switch self {
    case .number(let x):
      w.byte(0)
      w.double(x)
    case .text(let ref): w.tagged(1, Int32(truncatingIfNeeded: ref))
    case .parameter(let n): w.tagged(2, n)
    case .variable(let v): w.tagged(3, v.raw)
    case .history(let v, let offset): w.tagged(4, v.raw, offset.raw)
    case .bar(let field): w.tagged(5, field.rawValue)
    case .barHistory(let field, let offset):
      w.tagged(6, field.rawValue)
      w.signed(offset.raw)
    case .symbol(let field): w.tagged(7, field.rawValue)
    case .timeframe(let field): w.tagged(8, field.rawValue)
    case .unary(let op, let x):
      w.tagged(9, op.rawValue)
      w.signed(x.raw)
    case .binary(let op, let a, let b):
      w.tagged(10, op.rawValue)
      w.signed(a.raw)
      w.signed(b.raw)
    case .and(let a, let b): w.tagged(11, a.raw, b.raw)
    case .or(let a, let b): w.tagged(12, a.raw, b.raw)
    case .select(let c, let a, let b): w.tagged(13, c.raw, a.raw, b.raw)
    case .function(let function, let list):
      w.tagged(14, function.rawValue)
      list.write(&w)
    case .kernel(let site): w.tagged(15, site.raw)
    case .kernelResult(let site, let k): w.tagged(16, site.raw, k)
    case .request(let request, let k): w.tagged(17, request.raw, k)
    case .book(let field): w.tagged(18, field.rawValue)
    case .positionEntryName: w.byte(19)
    case .trade(let field, let open, let index):
      w.tagged(20, field.rawValue)
      w.bool(open)
      w.signed(index.raw)
    case .sequence(let block, let value): w.tagged(21, block.raw, value.raw)
    case .object(let function, let list):
      w.tagged(22, function.rawValue)
      list.write(&w)
    }
  }

  init(_ r: inout ByteReader) {
    switch r.byte() {
    case 0: self = .number(r.double())
    case 1: self = .text(TextRef(bitPattern: r.signed()))
    case 2: self = .parameter(r.signed())
    case 3: self = .variable(VariableRef(r.signed()))
    case 4: self = .history(VariableRef(r.signed()), offset: ExpressionRef(r.signed()))
    case 5: self = .bar(r.raw(BarField.self, otherwise: .open))
    case 6:
      let field = r.raw(BarField.self, otherwise: .open)
      self = .barHistory(field, offset: ExpressionRef(r.signed()))
    case 7: self = .symbol(r.raw(SymbolField.self, otherwise: .mintick))
    case 8: self = .timeframe(r.raw(TimeframeField.self, otherwise: .period))
    case 9:
      let op = r.raw(UnaryOperator.self, otherwise: .not)
      self = .unary(op, ExpressionRef(r.signed()))
    case 10:
      let op = r.raw(BinaryOperator.self, otherwise: .add)
      self = .binary(op, ExpressionRef(r.signed()), ExpressionRef(r.signed()))
    default: self = Self.rest(&r)
    }
  }

  private static func rest(_ r: inout ByteReader) -> Expression {
    switch r.last {
    case 11: return .and(ExpressionRef(r.signed()), ExpressionRef(r.signed()))
    case 12: return .or(ExpressionRef(r.signed()), ExpressionRef(r.signed()))
    case 13:
      return .select(
        ExpressionRef(r.signed()), ExpressionRef(r.signed()), ExpressionRef(r.signed()))
    case 14:
      let function = r.raw(Function.self, otherwise: .abs)
      return .function(function, ArgumentList(&r))
    case 15: return .kernel(SiteRef(r.signed()))
    case 16: return .kernelResult(SiteRef(r.signed()), r.signed())
    case 17: return .request(RequestRef(r.signed()), r.signed())
    case 18: return .book(r.raw(BookField.self, otherwise: .equity))
    case 19: return .positionEntryName
    case 20:
      let field = r.raw(TradeField.self, otherwise: .profit)
      return .trade(field, open: r.bool(), index: ExpressionRef(r.signed()))
    case 21: return .sequence(BlockRef(r.signed()), ExpressionRef(r.signed()))
    case 22:
      let function = r.raw(ObjectFunction.self, otherwise: .arraySize)
      return .object(function, ArgumentList(&r))
    default:
      r.fail()
      return .number(.nan)
    }
  }
}

extension ByteWriter {
  mutating func tagged(_ tag: UInt8, _ raw: UInt8) {
    byte(tag)
    byte(raw)
  }

  mutating func tagged(_ tag: UInt8, _ numbers: Int32...) {
    byte(tag)
    for number in numbers { signed(number) }
  }
}
