import RandomPrograms

/// A script as text, and the values of those of its inputs that do not keep their defaults.
public struct RandomScript: Sendable {
  public enum Value: Sendable {
    case number(Double)
    case truth(Bool)
    case text(String)
  }

  public var text: String
  public var inputs: [(title: String, value: Value)]
  /// Texts that it imports, by "user/name/version".
  public var libraries: [String: String] = [:]
}

/// Scripts by a seed, for tests that compare two ways of running one and the same. What people
/// write, put together in ways that they seldom do: functions that make orders, inputs as
/// conditions, choices as values, requests in each other, the same expression in several places.
public enum RandomScripts {
  /// The same for the same seed. Every fourth one is of version 5.
  public static func script(seed: UInt64) -> RandomScript {
    var generator = ScriptGenerator(seed: seed, version: seed % 4 == 3 ? 5 : 6)
    return generator.script()
  }

  /// The same with collections, objects of user types, methods, enums, drawings and libraries.
  public static func objects(seed: UInt64) -> RandomScript {
    var generator = ScriptGenerator(seed: seed, version: seed % 4 == 3 ? 5 : 6, hasObjects: true)
    return generator.script()
  }
}
