/// Maps.
extension Interpreter {
  func map(_ name: String, _ a: [OracleValue], _ types: [String]) throws -> OracleValue {
    if name == "map.new" { return .object(OracleMap(of: (types[0], types[1]))) }
    guard let map = a[0].object as? OracleMap else { throw OracleStop.missing(name) }
    let place = a.count > 1 ? map.place(a[1]) : nil
    let missing = blank(map.types.value)
    switch name {
    case "map.size": return .number(Double(map.pairs.count))
    case "map.get": return place.map { map.pairs[$0].value } ?? missing
    case "map.contains": return .truth(place != nil)
    case "map.put":
      guard let place else {
        map.pairs.append((a[1], a[2]))
        return missing
      }
      defer { map.pairs[place].value = a[2] }
      return map.pairs[place].value
    case "map.remove": return place.map { map.pairs.remove(at: $0).value } ?? missing
    case "map.clear": map.pairs = []
    case "map.copy": return .object(OracleMap(map.pairs, of: map.types))
    case "map.keys": return .object(OracleArray(map.pairs.map(\.key), of: map.types.key))
    case "map.values": return .object(OracleArray(map.pairs.map(\.value), of: map.types.value))
    case "map.put_all":
      guard let other = a[1].object as? OracleMap else { throw OracleStop.missing(name) }
      for pair in other.pairs { _ = try self.map("map.put", [a[0], pair.key, pair.value], []) }
    default: throw OracleGap(what: name)
    }
    return .none
  }
}
