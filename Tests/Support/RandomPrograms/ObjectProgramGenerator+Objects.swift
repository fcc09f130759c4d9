import StrategyIR

extension ObjectProgramGenerator {
  /// The fields of the one user type: a float, an int, a bool, a text, an array, another of the type.
  private static let fields: [ValueType] = [.float, .int, .bool, .text, .reference, .reference]
  private static let array = 4, next = 5
  private static let drawingFields: [ValueType] = [.int, .float, .int, .float, .text, .color]

  // MARK: Objects that stay

  /// Makes some of each kind before the first bar.
  mutating func make() {
    for type in [ValueType.float, .float, .int, .bool, .text, .reference] { makeArray(type) }
    for (key, type) in [(ValueType.text, ValueType.float), (.int, .text), (.float, .bool), (.color, .reference)] {
      let variable = once(.mapNew, [typeNumber(key), typeNumber(type)])
      maps.append((variable, key, type))
    }
    for type in [ValueType.float, .float, .int, .text] { makeMatrix(type) }
    for _ in 0..<2 {
      let fields = Self.fields.indices.map { $0 == Self.next ? b.na(.reference) : value(Self.fields[$0]) }
      records.append(once(.recordNew, [b.int(1)] + fields))
    }
    for kind in [DrawingKind.line, .label] {
      drawings.append(once(.drawingNew, [b.int(Int(kind.rawValue))] + Self.drawingFields.map { value($0) }))
    }
  }

  private mutating func once(_ function: ObjectFunction, _ arguments: [ExpressionRef]) -> VariableRef {
    b.line += 1
    let variable = b.variable("k", .reference)
    b.declareOnce(variable, b.object(function, arguments, .reference))
    return variable
  }

  private mutating func makeArray(_ type: ValueType) {
    let isNew = random.below(2) == 0
    let isFull = type != .reference
    let arguments: [ExpressionRef]
    if isNew {
      arguments = [typeNumber(type), b.int(isFull ? random.below(5) : 0), isFull ? value(type) : b.na(type)]
    } else {
      arguments = [typeNumber(type)] + (0..<(isFull ? random.below(7) : 0)).map { _ in value(type) }
    }
    let variable = once(isNew ? .arrayNew : .arrayFrom, arguments)
    arrays.append((variable, type))
  }

  private mutating func makeMatrix(_ type: ValueType) {
    let (rows, columns) = (1 + random.below(3), 1 + random.below(3))
    let variable = once(.matrixNew, [typeNumber(type), b.int(rows), b.int(columns), value(type)])
    matrices.append((variable, type))
  }

  // MARK: Records and drawings

  mutating func recordCall() {
    let record = b.read(random.pick(records))
    switch random.below(6) {
    case 0:
      let fields = Self.fields.indices.map {
        $0 == Self.next ? b.read(random.pick(records)) : value(Self.fields[$0])
      }
      keptRecord(call(.recordNew, [b.int(1)] + fields, .reference))
    case 1: keptRecord(call(.recordCopy, [record], .reference))
    case 2, 3:
      let field = random.below(Self.fields.count)
      let new = field == Self.next ? b.read(random.pick(records)) : value(Self.fields[field])
      call(.recordSet, [record, b.int(field), new], nil)
    case 4: throughField(record)
    default:
      let field = random.below(Self.array)
      call(.recordGet, [record, b.int(field)], Self.fields[field])
    }
  }

  private mutating func keptRecord(_ variable: VariableRef?) {
    guard let variable else { return }
    if random.below(2) == 0 { b.assign(records[0], b.read(variable)) }
    records.append(variable)
  }

  /// What hangs on a record: its array grows, the next record's number is read.
  private mutating func throughField(_ record: ExpressionRef) {
    let array = b.eager(b.object(.recordGet, [record, b.int(Self.array)], .reference))
    let size = count(.arraySize, array)
    call(.arrayPush, [array, value(.float)], nil, where: b.binary(.less, size, b.int(50)))
    let next = b.eager(b.object(.recordGet, [record, b.int(Self.next)], .reference))
    let isThere = b.unary(.not, b.unary(.isNA, next))
    call(.recordGet, [next, b.int(0)], .float, where: isThere)
  }

  mutating func drawingCall() {
    let drawing = b.read(random.pick(drawings))
    let field = random.below(Self.drawingFields.count)
    switch random.below(6) {
    case 0:
      let kind = b.int(random.below(2))
      keptDrawing(call(.drawingNew, [kind] + Self.drawingFields.map { value($0) }, .reference))
    case 1: keptDrawing(call(.drawingCopy, [drawing], .reference))
    case 2: call(.drawingSet, [drawing, b.int(field), value(Self.drawingFields[field])], nil)
    case 3: if random.below(3) == 0 { call(.drawingDelete, [drawing], nil) }
    case 4:
      if let all = call(.drawingAll, [b.int(random.below(2))], .reference) { call(.arraySize, [b.read(all)], .int) }
    default: call(.drawingGet, [drawing, b.int(field)], Self.drawingFields[field])
    }
  }

  private mutating func keptDrawing(_ variable: VariableRef?) {
    guard let variable else { return }
    if random.below(2) == 0 { b.assign(drawings[0], b.read(variable)) }
    drawings.append(variable)
  }

  // MARK: At a bar's end

  /// What the objects hold that stay, as texts; arrays that have grown too long are cleared.
  mutating func show() {
    for (variable, type) in arrays where isKept(variable) {
      let array = b.read(variable)
      let size = count(.arraySize, array)
      call(.arraySize, [array], .int)
      if type != .reference { call(.arrayJoin, [array, b.text("|")], .text) }
      call(.arrayClear, [array], nil, where: b.binary(.greater, size, b.int(40)))
    }
    for (variable, key, type) in maps where isKept(variable) {
      guard type != .reference, key != .color else { continue }
      for function in [ObjectFunction.mapKeys, .mapValues] {
        guard let all = call(function, [b.read(variable)], .reference) else { continue }
        call(.arrayJoin, [b.read(all), b.text("|")], .text)
      }
    }
    for (variable, _) in matrices where isKept(variable) {
      call(.textOfObject, [b.read(variable), b.na(.text)], .text)
    }
    for (variable, type) in results where type == .text {
      var order = OrderCall(.cancel)
      order.id = b.read(variable)
      b.order(order)
    }
  }
}
