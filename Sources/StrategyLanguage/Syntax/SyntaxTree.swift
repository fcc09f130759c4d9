/// Index of an expression, statement, block … in the tables of `SyntaxTree`.
typealias NodeID = Int32

/// A run of entries in one of the tree's lists.
struct NodeList {
  var start: Int32 = 0
  var count: Int32 = 0
  var indices: Range<Int> { Int(start)..<Int(start) + Int(count) }
}

enum PrefixOperator: UInt8 { case plus, minus, not }

enum InfixOperator: UInt8 {
  case add, subtract, multiply, divide, remainder
  case less, lessEqual, greater, greaterEqual, equal, notEqual
  case and, or

  var spelling: String {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .remainder: "%"
    case .less: "<"
    case .lessEqual: "<="
    case .greater: ">"
    case .greaterEqual: ">="
    case .equal: "=="
    case .notEqual: "!="
    case .and: "and"
    case .or: "or"
    }
  }
}

enum ExpressionSyntax {
  /// Could not be parsed; already diagnosed.
  case invalid
  case integer(Double)
  case float(Double)
  case boolean(Bool)
  case text(NameID)
  case color(Double)
  /// A name or a dotted path.
  case name(NameID)
  case unary(PrefixOperator, NodeID)
  case binary(InfixOperator, NodeID, NodeID)
  case ternary(NodeID, NodeID, NodeID)
  case history(NodeID, NodeID)
  /// A call by name; the list is in `arguments`. A generic one has its types in its name: `array.new<float>`.
  case call(NameID, NodeList)
  /// A call on a value: `x[1].f(…)`, `f(x).g(…)`.
  case methodCall(NodeID, NameID, NodeList)
  /// A field of a value that is no name: `x[1].f`, `f(x).g`. May be a path.
  case field(NodeID, NameID)
  case tuple(NodeList)
  /// Into `conditionals`, `switches`, `loops`.
  case conditional(Int32)
  case selection(Int32)
  case loop(Int32)
}

struct ArgumentSyntax {
  /// 0 for a positional argument.
  var name: NameID
  var nameRange: Range<Int>
  var value: NodeID
}

/// `if … else if … else`.
struct ConditionalSyntax {
  var branches: [(condition: NodeID, block: NodeList)]
  var otherwise: NodeList?
}

/// `switch`, with a subject or without.
struct SelectionSyntax {
  var subject: NodeID?
  var arms: [(pattern: NodeID, block: NodeList)]
  var otherwise: NodeList?
}

enum LoopSyntax {
  case count(variable: NameID, variableRange: Range<Int>, from: NodeID, to: NodeID, by: NodeID?)
  case condition(NodeID)
}

struct LoopBody {
  var header: LoopSyntax
  var block: NodeList
  /// Of `for name in …`: the condition is the collection.
  var names: [(NameID, Range<Int>)] = []
}

enum QualifierSyntax: UInt8 { case const, input, simple, series }

/// A written type: `series float`, `int`; 0 where only the qualifier was written.
struct TypeSyntax {
  var qualifier: QualifierSyntax?
  var name: NameID
  var range: Range<Int>
}

enum DeclarationMode: UInt8 { case plain, `var`, varip }

struct DeclarationSyntax {
  var mode: DeclarationMode
  var type: TypeSyntax?
  var names: [(name: NameID, range: Range<Int>)]
  /// `[a, b] = …` rather than `a = …`.
  var isTuple: Bool
  var value: NodeID
}

struct ParameterSyntax {
  var name: NameID
  var range: Range<Int>
  var type: TypeSyntax?
  var defaultValue: NodeID?
}

struct FunctionSyntax {
  var name: NameID
  var nameRange: Range<Int>
  var parameters: [ParameterSyntax]
  var block: NodeList
  var isMethod: Bool
  var isExported = false
  /// The library that it belongs to; 0: the script.
  var module = 0
  /// Names that its body assigns to.
  var assigned: Set<NameID>
}

enum StatementSyntax {
  case invalid
  /// Into `declarations`, `functions`, `enumerations`.
  case declaration(Int32)
  case function(Int32)
  case enumeration(Int32)
  /// Into `records`.
  case record(Int32)
  /// Into `imports`.
  case importing(Int32)
  /// `x := v`, and with an operator `x += v`.
  case assignment(NameID, InfixOperator?, NodeID)
  /// `x[1].f := v`: the field's expression, the operator, the value.
  case fieldAssignment(NodeID, InfixOperator?, NodeID)
  case expression(NodeID)
  /// Into `onces`.
  case once(Int32)
  case `break`
  case `continue`
}

/// `enum name` and its fields with their titles.
struct EnumerationSyntax {
  var name: NameID
  var nameRange: Range<Int>
  var fields: [(name: NameID, title: NameID)]
}

/// `type name` and its fields.
struct RecordSyntax {
  var name: NameID
  var nameRange: Range<Int>
  var fields: [ParameterSyntax]
}

/// `import user/library/version as name`.
struct ImportSyntax {
  var user: NameID
  var library: NameID
  var version: Int
  /// The library's own name where none is given.
  var name: NameID
  var range: Range<Int>
  /// Into `modules`, from 1 on; nil: not loaded.
  var module: Int?
}

/// A library's text.
struct ModuleSyntax {
  var name: String
  var body: NodeList
  var version: Int
}

/// A parsed script: flat tables whose entries name each other by index, so that neither depth nor
/// size of a script costs stack when it is released.
struct SyntaxTree {
  var expressions: [ExpressionSyntax] = []
  var expressionRanges: [Range<Int32>] = []
  var statements: [StatementSyntax] = []
  var statementRanges: [Range<Int32>] = []
  /// Statement indices, referred to by `NodeList`.
  var blockItems: [NodeID] = []
  var arguments: [ArgumentSyntax] = []
  var tupleItems: [NodeID] = []
  var conditionals: [ConditionalSyntax] = []
  /// Of `once`: its condition, if it has one, and its block.
  var onces: [(condition: NodeID?, block: NodeList)] = []
  var selections: [SelectionSyntax] = []
  var loops: [LoopBody] = []
  var declarations: [DeclarationSyntax] = []
  var functions: [FunctionSyntax] = []
  var enumerations: [EnumerationSyntax] = []
  var records: [RecordSyntax] = []
  var imports: [ImportSyntax] = []
  /// Libraries, whose nodes stand in the same tables.
  var modules: [ModuleSyntax] = []
  var body = NodeList()
  var names = NameTable()
  /// Names that are assigned to outside of functions.
  var assigned: Set<NameID> = []
  /// What statements that did not parse would have declared: uses of it are not errors.
  var broken: Set<NameID> = []
  /// 5 or 6; 0 of a version that is not read.
  var version = 6
  /// Whether the script says which.
  var isVersionWritten = false

  /// Takes the nodes of a library that was parsed into this tree, and its number. The script's own text stays the body.
  mutating func adopt(_ parsed: SyntaxTree, as name: String) -> Int {
    var all = parsed
    let number = modules.count + 1
    for i in functions.count..<all.functions.count { all.functions[i].module = number }
    all.modules.append(ModuleSyntax(name: name, body: parsed.body, version: parsed.version))
    (all.body, all.version, all.assigned, all.isVersionWritten) = (body, version, assigned, isVersionWritten)
    self = all
    return number
  }

  func range(of expression: NodeID) -> Range<Int> {
    guard expressionRanges.indices.contains(Int(expression)) else { return 0..<0 }
    let range = expressionRanges[Int(expression)]
    return Int(range.lowerBound)..<Int(range.upperBound)
  }

  func statementRange(_ statement: NodeID) -> Range<Int> {
    guard statementRanges.indices.contains(Int(statement)) else { return 0..<0 }
    let range = statementRanges[Int(statement)]
    return Int(range.lowerBound)..<Int(range.upperBound)
  }

  subscript(expression: NodeID) -> ExpressionSyntax {
    expressions.indices.contains(Int(expression)) ? expressions[Int(expression)] : .invalid
  }
}
