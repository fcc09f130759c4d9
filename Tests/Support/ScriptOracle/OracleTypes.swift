/// A value of the language. na is a number that is nan; a bool is never na.
public indirect enum OracleValue: Equatable, Sendable {
  case number(Double)
  case truth(Bool)
  case text(String)
  /// A field of an enum: the enum's number in the tree, the field's in the enum.
  case choice(Int, Int)
  case tuple([OracleValue])
  case object(OracleObject)
  /// Of a call that answers nothing, of an `if` that takes no arm, of a request before its first bar.
  case none

  static let na = OracleValue.number(.nan)

  var number: Double {
    switch self {
    case .number(let x): x
    case .truth(let isTrue): isTrue ? 1 : 0
    default: .nan
    }
  }

  /// nil: na.
  var object: OracleObject? {
    if case .object(let object) = self { object } else { nil }
  }

  /// As a condition. Version 5 takes numbers: 0 and na are false.
  var isTrue: Bool {
    switch self {
    case .truth(let isTrue): isTrue
    case .number(let x): x == x && x != 0
    default: false
    }
  }

  var text: String {
    if case .text(let text) = self { text } else { "" }
  }

  /// What stands for a value of this kind where there is none.
  var blank: OracleValue {
    switch self {
    case .truth: .truth(false)
    case .tuple(let elements): .tuple(elements.map(\.blank))
    default: .na
    }
  }
}

/// A bar, as the interpreter reads it. Times in ms since 1970, UTC.
public struct OracleBar: Sendable {
  public var time, timeClose: Int64
  public var open, high, low, close, volume: Double

  public init(
    time: Int64, timeClose: Int64, open: Double, high: Double, low: Double, close: Double,
    volume: Double
  ) {
    self.time = time
    self.timeClose = timeClose
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.volume = volume
  }
}

/// An order call with the arguments that it was made with; numbers that were not given are nan.
public struct OracleOrder: Sendable, CustomStringConvertible {
  public var kind: String
  public var id = "", fromEntry = "", comment = ""
  /// 1 long, −1 short, 0 where the call has none.
  public var direction = 0
  public var quantity = Double.nan, limit = Double.nan, stop = Double.nan
  public var immediately = false

  public init(kind: String) { self.kind = kind }

  var words: [String] { [kind, id, fromEntry, comment, "\(direction)", "\(immediately)"] }
  var numbers: [Double] { [quantity, limit, stop] }

  public var description: String {
    var parts = [kind, "\"\(id)\""]
    if direction != 0 { parts.append(direction > 0 ? "long" : "short") }
    for (name, number) in [("qty", quantity), ("limit", limit), ("stop", stop)]
    where number == number {
      parts.append("\(name) \(number)")
    }
    if !comment.isEmpty { parts.append("comment \"\(comment)\"") }
    if !fromEntry.isEmpty { parts.append("from \"\(fromEntry)\"") }
    if immediately { parts.append("immediately") }
    return parts.joined(separator: " ")
  }
}

/// What a script left on one bar.
public struct OracleStep: Sendable {
  /// In the order in which the plots stand in the script; nan where nothing was plotted.
  public var plots: [Double]
  public var orders: [OracleOrder] = []
  /// Those that are there, by kind, oldest first.
  var drawings: [OracleDrawing] = []
}

/// What a script did on bars: its steps, and where it stopped after them, why.
public struct OracleRun: Sendable {
  public var steps: [OracleStep] = []
  /// The message of `runtime.error`, or of a loop that cannot run, or the function over objects that
  /// cannot be done; nil: the script reached the end.
  public var stop: String?
  /// Why the function over objects cannot be done, as people read it.
  public var reason: String?
  /// Of the statement that cannot be done.
  public var line = 0
  public var titles: [String] = []

  /// The stop of a `for` whose step does not lead to its end; its words are not compared.
  public static let loopStop = "a loop's step"
  /// The stop of a function over na; its name is not compared.
  public static let missingObject = "no object"
}

/// The script asks for something that the interpreter does not have: a mistake of the generator.
public struct OracleGap: Error, CustomStringConvertible {
  public var what: String
  public var description: String { "the interpreter has no \(what)" }
}

/// What ends a script.
struct OracleStop: Error {
  var message: String
  var reason: String?

  static let missing = "the object is na"

  static func missing(_ function: String) -> OracleStop { OracleStop(message: function, reason: missing) }
}
