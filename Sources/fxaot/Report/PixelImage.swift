import CZlib

/// A picture of coloured points, with lines and plain letters, that is written as PNG.
struct PixelImage {
  struct Color {
    let red, green, blue: UInt8

    /// 0xRRGGBB.
    init(_ bits: UInt32) {
      red = UInt8(truncatingIfNeeded: bits >> 16)
      green = UInt8(truncatingIfNeeded: bits >> 8)
      blue = UInt8(truncatingIfNeeded: bits)
    }
  }

  let width, height: Int
  /// Three bytes a point, row by row.
  private(set) var points: [UInt8]

  init(width: Int, height: Int, _ color: Color) {
    self.width = width
    self.height = height
    points = (0..<width * height).flatMap { _ in [color.red, color.green, color.blue] }
  }

  subscript(x: Int, y: Int) -> (UInt8, UInt8, UInt8)? {
    guard (0..<width).contains(x), (0..<height).contains(y) else { return nil }
    let at = 3 * (y * width + x)
    return (points[at], points[at + 1], points[at + 2])
  }

  mutating func set(_ x: Int, _ y: Int, _ color: Color) {
    guard (0..<width).contains(x), (0..<height).contains(y) else { return }
    let at = 3 * (y * width + x)
    (points[at], points[at + 1], points[at + 2]) = (color.red, color.green, color.blue)
  }

  /// Lays a colour over a point, with an opacity of 0 to 255.
  mutating func blend(_ x: Int, _ y: Int, _ color: Color, _ alpha: Int) {
    guard let (red, green, blue) = self[x, y] else { return }
    func mixed(_ old: UInt8, _ new: UInt8) -> UInt8 { UInt8((Int(old) * (255 - alpha) + Int(new) * alpha) / 255) }
    let at = 3 * (y * width + x)
    points[at] = mixed(red, color.red)
    points[at + 1] = mixed(green, color.green)
    points[at + 2] = mixed(blue, color.blue)
  }

  /// - Parameter gap: leaves out so many points after each as many; 0 for a whole line.
  mutating func line(_ x0: Int, _ y0: Int, _ x1: Int, _ y1: Int, _ color: Color, gap: Int = 0) {
    let steps = max(abs(x1 - x0), abs(y1 - y0))
    for step in 0...steps where gap == 0 || step / gap % 2 == 0 {
      let share = steps == 0 ? 0 : Double(step) / Double(steps)
      set(
        x0 + Int((Double(x1 - x0) * share).rounded()), y0 + Int((Double(y1 - y0) * share).rounded()), color)
    }
  }

  /// What lies within a closed line, by the even-odd rule.
  mutating func area(_ corners: [(x: Int, y: Int)], _ color: Color, _ alpha: Int) {
    guard let first = corners.map(\.y).min(), let last = corners.map(\.y).max() else { return }
    for row in max(first, 0)..<max(min(last, height), max(first, 0)) {
      // Where the row's middle crosses the edges.
      let middle = Double(row) + 0.5
      let crossings = zip(corners, corners.dropFirst() + corners.prefix(1)).compactMap { a, b -> Double? in
        guard (Double(a.y) < middle) != (Double(b.y) < middle) else { return nil }
        return Double(a.x) + Double(b.x - a.x) * (middle - Double(a.y)) / Double(b.y - a.y)
      }.sorted()
      for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
        let (from, to) = (Int(crossings[pair].rounded()), Int(crossings[pair + 1].rounded()))
        for column in max(from, 0)..<max(min(to, width), max(from, 0)) { blend(column, row, color, alpha) }
      }
    }
  }

  /// In capitals, of at most `most` points. A character that the font does not have is a box.
  mutating func text(_ text: String, x: Int, y: Int, _ color: Color, scale: Int, most: Int) {
    for (place, character) in text.uppercased().prefix(most / (6 * scale)).enumerated() {
      let rows = PixelFont.rows(of: character)
      for (row, bits) in rows.enumerated() {
        for column in 0..<5 where bits & (0x10 >> column) != 0 {
          for dy in 0..<scale {
            for dx in 0..<scale {
              set(x + (place * 6 + column) * scale + dx, y + row * scale + dy, color)
            }
          }
        }
      }
    }
  }

  func png() throws(ToolError) -> [UInt8] {
    var rows: [UInt8] = []
    rows.reserveCapacity(points.count + height)
    for row in 0..<height {
      // No filter.
      rows.append(0)
      rows += points[3 * row * width..<3 * (row + 1) * width]
    }
    var length = compressBound(UInt(rows.count))
    var packed = [UInt8](repeating: 0, count: Int(length))
    guard compress2(&packed, &length, rows, UInt(rows.count), 9) == Z_OK else {
      throw .failed("no memory to pack the picture")
    }
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    // Eight bits a channel, red, green and blue.
    bytes += Self.chunk("IHDR", Self.word(width) + Self.word(height) + [8, 2, 0, 0, 0])
    bytes += Self.chunk("IDAT", Array(packed[..<Int(length)]))
    return bytes + Self.chunk("IEND", [])
  }

  private static func word(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + content
    return word(content.count) + body + word(Int(crc32(0, body, UInt32(body.count))))
  }
}

/// Capitals, digits and signs of 5 × 7 points: a row's five low bits are its points from the left.
enum PixelFont {
  static func rows(of character: Character) -> [UInt8] {
    glyphs[character] ?? [0x1F, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1F]
  }

  private static let glyphs: [Character: [UInt8]] = [
    " ": [0, 0, 0, 0, 0, 0, 0], ".": [0, 0, 0, 0, 0, 0x0C, 0x0C], ",": [0, 0, 0, 0, 0x0C, 0x04, 0x08],
    ":": [0, 0x0C, 0x0C, 0, 0x0C, 0x0C, 0], "-": [0, 0, 0, 0x1F, 0, 0, 0], "+": [0, 0x04, 0x04, 0x1F, 0x04, 0x04, 0],
    "/": [0x01, 0x01, 0x02, 0x04, 0x08, 0x10, 0x10], "(": [0x02, 0x04, 0x08, 0x08, 0x08, 0x04, 0x02],
    ")": [0x08, 0x04, 0x02, 0x02, 0x02, 0x04, 0x08], "%": [0x18, 0x19, 0x02, 0x04, 0x08, 0x13, 0x03],
    "_": [0, 0, 0, 0, 0, 0, 0x1F], "&": [0x0C, 0x12, 0x14, 0x08, 0x15, 0x12, 0x0D],
    "'": [0x04, 0x04, 0x08, 0, 0, 0, 0],
    "=": [0, 0, 0x1F, 0, 0x1F, 0, 0], "<": [0x02, 0x04, 0x08, 0x10, 0x08, 0x04, 0x02],
    ">": [0x08, 0x04, 0x02, 0x01, 0x02, 0x04, 0x08], "!": [0x04, 0x04, 0x04, 0x04, 0x04, 0, 0x04],
    "0": [0x0E, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0E], "1": [0x04, 0x0C, 0x04, 0x04, 0x04, 0x04, 0x0E],
    "2": [0x0E, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1F], "3": [0x1F, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0E],
    "4": [0x02, 0x06, 0x0A, 0x12, 0x1F, 0x02, 0x02], "5": [0x1F, 0x10, 0x1E, 0x01, 0x01, 0x11, 0x0E],
    "6": [0x06, 0x08, 0x10, 0x1E, 0x11, 0x11, 0x0E], "7": [0x1F, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08],
    "8": [0x0E, 0x11, 0x11, 0x0E, 0x11, 0x11, 0x0E], "9": [0x0E, 0x11, 0x11, 0x0F, 0x01, 0x02, 0x0C],
    "A": [0x0E, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11], "B": [0x1E, 0x11, 0x11, 0x1E, 0x11, 0x11, 0x1E],
    "C": [0x0E, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0E], "D": [0x1C, 0x12, 0x11, 0x11, 0x11, 0x12, 0x1C],
    "E": [0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x1F], "F": [0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x10],
    "G": [0x0E, 0x11, 0x10, 0x17, 0x11, 0x11, 0x0F], "H": [0x11, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11],
    "I": [0x0E, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0E], "J": [0x07, 0x02, 0x02, 0x02, 0x02, 0x12, 0x0C],
    "K": [0x11, 0x12, 0x14, 0x18, 0x14, 0x12, 0x11], "L": [0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1F],
    "M": [0x11, 0x1B, 0x15, 0x15, 0x11, 0x11, 0x11], "N": [0x11, 0x19, 0x15, 0x13, 0x11, 0x11, 0x11],
    "O": [0x0E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E], "P": [0x1E, 0x11, 0x11, 0x1E, 0x10, 0x10, 0x10],
    "Q": [0x0E, 0x11, 0x11, 0x11, 0x15, 0x12, 0x0D], "R": [0x1E, 0x11, 0x11, 0x1E, 0x14, 0x12, 0x11],
    "S": [0x0F, 0x10, 0x10, 0x0E, 0x01, 0x01, 0x1E], "T": [0x1F, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04],
    "U": [0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E], "V": [0x11, 0x11, 0x11, 0x11, 0x11, 0x0A, 0x04],
    "W": [0x11, 0x11, 0x11, 0x15, 0x15, 0x1B, 0x11], "X": [0x11, 0x11, 0x0A, 0x04, 0x0A, 0x11, 0x11],
    "Y": [0x11, 0x11, 0x0A, 0x04, 0x04, 0x04, 0x04], "Z": [0x1F, 0x01, 0x02, 0x04, 0x08, 0x10, 0x1F],
  ]
}
