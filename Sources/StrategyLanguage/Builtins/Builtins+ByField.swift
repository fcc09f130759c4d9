extension Builtins {
  /// The forms for objects of a user type; `sort_field` is a field's number or its name.
  static let formsByField = [
    "array.sort": "array.sort(id: any, order?: sortorder, sort_field?: any) void",
    "array.sort_indices": "array.sort_indices(id: any, order?: sortorder, sort_field?: any) void",
    "array.binary_search": "array.binary_search(id: any, val: any, sort_field?: any) void",
    "array.binary_search_leftmost": "array.binary_search_leftmost(id: any, val: any, sort_field?: any) void",
    "array.binary_search_rightmost": "array.binary_search_rightmost(id: any, val: any, sort_field?: any) void",
  ]

  /// The functions in the language itself, by a field of a type.
  static func byField(_ field: String, _ type: String) -> String {
    """
    //@version=6
    library("by_field")
    keys(id) =>
        array<\(type)> keys = array.new<\(type)>()
        for object in id
            keys.push(object.\(field))
        keys
    export sort(id, direction = order.ascending) =>
        places = keys(id).sort_indices(direction)
        objects = id.copy()
        for [i, place] in places
            id.set(i, objects.get(place))
    export sort_indices(id, direction = order.ascending) => keys(id).sort_indices(direction)
    export binary_search(id, val) => keys(id).binary_search(val)
    export binary_search_leftmost(id, val) => keys(id).binary_search_leftmost(val)
    export binary_search_rightmost(id, val) => keys(id).binary_search_rightmost(val)
    """
  }
}
