import StrategyIR

/// Lines, labels, boxes …: objects with the arguments of their `new` as fields.
extension Lowering {
  func figure(_ effect: FigureEffect, _ bound: BoundArguments, at range: Range<Int>) -> Value {
    let given = zip(bound.values, bound.signature.parameters).map { figureField($0, $1) }
    switch effect {
    case .new(let kind):
      var fields = zip(given, Catalogue.fields(of: kind)).map { $0 ?? b.na($1.valueType) }
      if kind == .table { fields.append(newCells()) }
      return object(.drawingNew, [b.int(Int(kind.rawValue))] + fields, .figure(kind))
    case .newOfPoints(let kind): return figureOfPoints(kind, bound)
    case .copy:
      guard let value = bound.values[0] else { return .unknown }
      return object(.drawingCopy, [value.ref], value.type)
    case .delete: return object(.drawingDelete, given.compactMap { $0 }, nil)
    case .get(let field):
      guard let id = given[0], case .one(let type) = bound.signature.result else { return .unknown }
      return object(.drawingGet, [id, b.int(field)], type)
    case .set(let fields):
      guard let id = given[0] else { return .unknown }
      for (field, value) in zip(fields, given.dropFirst()) {
        _ = object(.drawingSet, [id, b.int(field), value ?? b.na(.float)], nil)
      }
      return .void
    case .setPoint(let x, let y, let xloc):
      guard let id = given[0], let point = bound.values[1] else { return .unknown }
      let place = place(of: point, xloc: object(.drawingGet, [id, b.int(xloc)], .text).ref)
      _ = object(.drawingSet, [id, b.int(x), place.x], nil)
      _ = object(.drawingSet, [id, b.int(y), place.y], nil)
      return .void
    case .priceAt: return priceAt(given)
    case .newCell, .setCell, .clearCells: return cell(effect, given)
    }
  }

  /// An argument as a field; where numbers and texts may stand, as a text.
  private func figureField(_ value: Value?, _ parameter: SignatureParameter) -> ExpressionRef? {
    guard let value, !value.ref.isNone else { return nil }
    guard parameter.type == .any, value.type == .int || value.type == .float else { return value.ref }
    return b.function(.textOfNumber, [value.ref])
  }

  // MARK: Cells of tables

  /// The map of a table's cells, which stands behind its other fields.
  private func newCells() -> ExpressionRef {
    let types = [ValueType.int, .reference].map { b.int(Int($0.rawValue)) }
    return object(.mapNew, types, .map(.int, ElementType(.record(0)) ?? .int)).ref
  }

  /// Cells of the table na do nothing.
  private func cell(_ effect: FigureEffect, _ given: [ExpressionRef?]) -> Value {
    guard let id = given[0], let column = given[1], let row = given[2] else { return .unknown }
    let place = b.int(Catalogue.fields(of: .table).count)
    let cells = object(.drawingGet, [id, place], .record(0)).ref
    let work = block {
      switch effect {
      case .newCell:
        let fields = zip(given.dropFirst(3), Catalogue.cellFields).map { $0 ?? b.na($1.valueType) }
        let made = object(.recordNew, [b.int(-1)] + fields, .record(0)).ref
        _ = object(.mapPut, [cells, key(column, row), made], nil)
      case .setCell(let field):
        let made = object(.mapGet, [cells, key(column, row)], .record(0)).ref
        let change = block { _ = object(.recordSet, [made, b.int(field), given[3] ?? b.na(.float)], nil) }
        b.branch(b.unary(.not, b.unary(.isNA, made)), change)
      default: clear(cells, from: (column, row), to: (given[3] ?? column, given[4] ?? row))
      }
    }
    b.branch(b.unary(.not, b.unary(.isNA, cells)), work)
    return .void
  }

  private func key(_ column: ExpressionRef, _ row: ExpressionRef) -> ExpressionRef {
    b.binary(.add, b.binary(.multiply, column, b.int(Catalogue.mostRows)), row)
  }

  private func clear(
    _ cells: ExpressionRef, from start: (ExpressionRef, ExpressionRef), to end: (ExpressionRef, ExpressionRef)
  ) {
    let (column, row) = (b.variable("", .int), b.variable("", .int))
    let removing = block { _ = object(.mapRemove, [cells, key(b.read(column), b.read(row))], nil) }
    let rows = block { count(row, from: start.1, to: end.1, removing) }
    count(column, from: start.0, to: end.0, rows)
  }

  private func count(_ counter: VariableRef, from: ExpressionRef, to: ExpressionRef, _ body: BlockRef) {
    b.program.loops.append(ForLoop(counter: counter, from: from, to: to, body: body))
    b.append(.forLoop(Int32(truncatingIfNeeded: b.program.loops.count - 1)))
  }

  /// A point's place: its time where `xloc` says so, else its bar, and its price. The point na has neither.
  private func place(of point: Value, xloc: ExpressionRef?) -> (x: ExpressionRef, y: ExpressionRef) {
    let isThere = b.unary(.not, b.unary(.isNA, point.ref))
    let x = b.variable("", .int)
    let y = b.variable("", .float)
    b.declare(x, b.na(.int))
    b.declare(y, b.na(.float))
    let reading = block {
      b.assign(x, object(.recordGet, [point.ref, b.int(1)], .int).ref)
      b.assign(y, object(.recordGet, [point.ref, b.int(2)], .float).ref)
      guard let xloc else { return }
      let byTime = block { b.assign(x, object(.recordGet, [point.ref, b.int(0)], .int).ref) }
      b.branch(b.binary(.equal, xloc, b.text("bar_time")), byTime)
    }
    b.branch(isThere, reading)
    return (b.read(x), b.read(y))
  }

  private func figureOfPoints(_ kind: DrawingKind, _ bound: BoundArguments) -> Value {
    let points = kind == .label ? 1 : 2
    var fields: [ExpressionRef] = []
    for point in bound.values.prefix(points) {
      guard let point else { return .unknown }
      let place = place(of: point, xloc: bound["xloc"]?.ref)
      fields += [place.x, place.y]
    }
    for (value, field) in zip(bound.values.dropFirst(points), Catalogue.fields(of: kind).dropFirst(2 * points)) {
      fields.append(figureField(value, field) ?? b.na(field.valueType))
    }
    return object(.drawingNew, [b.int(Int(kind.rawValue))] + fields, .figure(kind))
  }

  /// On the line through both points.
  private func priceAt(_ given: [ExpressionRef?]) -> Value {
    guard let id = given[0], let x = given[1] else { return .unknown }
    let ends = (0..<4).map { object(.drawingGet, [id, b.int($0)], $0 % 2 == 0 ? .int : .float).ref }
    let slope = b.binary(
      .divide, b.binary(.subtract, ends[3], ends[1]), b.binary(.subtract, ends[2], ends[0]))
    let price = b.binary(.add, ends[1], b.binary(.multiply, slope, b.binary(.subtract, x, ends[0])))
    return Value(b.eager(price), .float, .series)
  }

  /// `line.all` and its like.
  func allFigures(_ name: String) -> Value? {
    guard name.hasSuffix(".all"), let kind = DrawingKind.allCases.first(where: { "\($0).all" == name }),
      let element = ElementType(.figure(kind))
    else { return nil }
    return object(.drawingAll, [b.int(Int(kind.rawValue))], .array(element))
  }

  // MARK: Points

  func point(_ special: SpecialFunction, _ bound: BoundArguments) -> Value {
    let time = bound["time"]?.ref ?? b.na(.int)
    let index = bound["index"]?.ref ?? b.na(.int)
    let price = bound["price"]?.ref ?? b.bar(.close)
    switch special {
    case .copyPoint:
      guard let id = bound["id"] else { return .unknown }
      return object(.recordCopy, [id.ref], .record(0))
    case .pointOfNow: return object(.recordNew, [b.int(0), b.bar(.time), b.bar(.index), price], .record(0))
    default: return object(.recordNew, [b.int(0), time, index, price], .record(0))
    }
  }
}

extension SignatureParameter {
  /// The type that carries the values.
  fileprivate var valueType: ValueType {
    switch type {
    case .one(let type): type.valueType
    case .array, .matrix, .map: .reference
    default: .float
    }
  }
}
