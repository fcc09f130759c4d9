extension ProgramSettings {
  func write(_ w: inout ByteWriter) {
    w.bool(isStrategy)
    w.text(title)
    w.byte(languageVersion)
    broker.write(&w)
    w.list(ignoredCalls) {
      $0.text($1.name)
      $0.signed($1.line)
      $0.signed($1.column)
    }
    w.count(max(calculatedBars, 0))
    w.count(max(maxBarsBack, 0))
    w.list(mostDrawings) { $0.count(max($1, 0)) }
  }

  init(_ r: inout ByteReader) {
    self.init()
    isStrategy = r.bool()
    title = r.text()
    languageVersion = r.byte()
    broker = BrokerSettings(&r)
    ignoredCalls = r.list { IgnoredCall(name: $0.text(), line: $0.signed(), column: $0.signed()) }
    calculatedBars = Int(truncatingIfNeeded: r.unsigned())
    maxBarsBack = Int(truncatingIfNeeded: r.unsigned())
    mostDrawings = r.list { Int(truncatingIfNeeded: $0.unsigned()) }
  }
}

extension BrokerSettings {
  func write(_ w: inout ByteWriter) {
    w.double(initialCapital)
    w.byte(sizing.rawValue)
    w.double(defaultQuantity)
    w.count(max(pyramiding, 0))
    w.byte(commission.rawValue)
    w.double(commissionValue)
    w.double(slippage)
    w.double(limitVerification)
    w.double(marginLong)
    w.double(marginShort)
    w.bool(processOrdersOnClose)
    w.bool(closeEntriesAny)
    w.bool(calculateOnOrderFills)
    w.text(currency)
  }

  init(_ r: inout ByteReader) {
    self.init()
    initialCapital = r.double()
    sizing = r.raw(Sizing.self, otherwise: .fixed)
    defaultQuantity = r.double()
    pyramiding = Int(truncatingIfNeeded: r.unsigned())
    commission = r.raw(Commission.self, otherwise: .percent)
    commissionValue = r.double()
    slippage = r.double()
    limitVerification = r.double()
    marginLong = r.double()
    marginShort = r.double()
    processOrdersOnClose = r.bool()
    closeEntriesAny = r.bool()
    calculateOnOrderFills = r.bool()
    currency = r.text()
  }
}

extension Parameter {
  func write(_ w: inout ByteWriter) {
    w.byte(kind.rawValue)
    w.text(variable)
    w.text(title)
    w.double(initial)
    w.double(minimum)
    w.double(maximum)
    w.double(step)
    w.list(options) { $0.double($1) }
    w.text(group)
  }

  init(_ r: inout ByteReader) {
    let kind = r.raw(Kind.self, otherwise: .int)
    let variable = r.text()
    let title = r.text()
    self.init(kind: kind, variable: variable, title: title, initial: r.double())
    minimum = r.double()
    maximum = r.double()
    step = r.double()
    options = r.list { $0.double() }
    group = r.text()
  }
}
