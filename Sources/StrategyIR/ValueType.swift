/// The type of a value. All are carried as a Double: an int is an integral Double, a bool 0 or 1
/// (never na; a bool of version 5, which can be na, is carried as an int), a text the number of an entry of a text table, a colour its 32 bits RGBA as an
/// integer. na is nan for each of them.
public enum ValueType: UInt8, Sendable, CaseIterable {
  case int, float, bool, text, color
  /// A reference to an object (`Pine.Reference`).
  case reference
}

/// An expression of a program, by its number. `none` stands for an argument that was not given.
public struct ExpressionRef: Hashable, Sendable {
  public let raw: Int32
  @inlinable public init(_ raw: Int32) { self.raw = raw }
  public static let none = ExpressionRef(-1)
  @inlinable public var index: Int { Int(raw) }
  @inlinable public var isNone: Bool { raw < 0 }
}

/// A variable of a program, by its number.
public struct VariableRef: Hashable, Sendable {
  public let raw: Int32
  @inlinable public init(_ raw: Int32) { self.raw = raw }
  @inlinable public var index: Int { Int(raw) }
}

/// A list of statements of a program, by its number.
public struct BlockRef: Hashable, Sendable {
  public let raw: Int32
  @inlinable public init(_ raw: Int32) { self.raw = raw }
  public static let none = BlockRef(-1)
  @inlinable public var index: Int { Int(raw) }
  @inlinable public var isNone: Bool { raw < 0 }
}

/// A place where a kernel is called: each has state of its own.
public struct SiteRef: Hashable, Sendable {
  public let raw: Int32
  @inlinable public init(_ raw: Int32) { self.raw = raw }
  @inlinable public var index: Int { Int(raw) }
}

/// A `request.security` of a program, by its number.
public struct RequestRef: Hashable, Sendable {
  public let raw: Int32
  @inlinable public init(_ raw: Int32) { self.raw = raw }
  @inlinable public var index: Int { Int(raw) }
}

/// A run of `Program.arguments`.
public struct ArgumentList: Hashable, Sendable {
  public let start, count: Int32
  @inlinable public init(start: Int32, count: Int32) {
    self.start = start
    self.count = count
  }
}
