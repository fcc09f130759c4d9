import Research

/// A drawing of the script as a still picture has it: cut off where its pane ends.
struct StillFigure {
  /// In columns from the left, and in the pane's prices.
  struct Place: Equatable {
    var column, value: Double
  }

  enum Shape {
    case lines([[Place]], width: Int, isDashed: Bool)
    case area([Place])
    case text([String], StillText)
  }

  let ink: StillInk
  let shape: Shape
}

/// Where a drawing's text stands.
struct StillText {
  enum Side { case above, below, inside }

  var place: StillFigure.Place
  var side: Side
  /// nil: on the chart itself.
  var plate: StillInk?
}

/// The part of a picture in which drawings are seen.
struct StillFrame {
  typealias Place = StillFigure.Place

  let columns: ClosedRange<Double>
  let values: ClosedRange<Double>

  func contains(_ place: Place) -> Bool { columns.contains(place.column) && values.contains(place.value) }

  /// What is seen of a line from `a` to `b` (Liang and Barsky).
  func cut(_ a: Place, _ b: Place) -> [Place] {
    let (width, height) = (b.column - a.column, b.value - a.value)
    var (from, to) = (0.0, 1.0)
    for (step, room) in [
      (-width, a.column - columns.lowerBound), (width, columns.upperBound - a.column),
      (-height, a.value - values.lowerBound), (height, values.upperBound - a.value),
    ] {
      guard step.isFinite, room.isFinite, step != 0 || room >= 0 else { return [] }
      if step < 0 { from = max(from, room / step) }
      if step > 0 { to = min(to, room / step) }
    }
    guard from <= to else { return [] }
    return [from, to].map { Place(column: a.column + width * $0, value: a.value + height * $0) }
  }

  /// The seen parts of a line through several places.
  func cut(line places: [Place]) -> [[Place]] {
    var lines: [[Place]] = []
    for (a, b) in zip(places, places.dropFirst()) {
      let part = cut(a, b)
      guard let first = part.first, let last = part.last else { continue }
      if let before = lines.last?.last, before == first {
        lines[lines.count - 1].append(last)
      } else {
        lines.append([first, last])
      }
    }
    return lines
  }

  /// What is seen of an area (Sutherland and Hodgman).
  func cut(area places: [Place]) -> [Place] {
    var left = places
    for (axis, bound, isLow) in [
      (\Place.column, columns.lowerBound, true), (\Place.column, columns.upperBound, false),
      (\Place.value, values.lowerBound, true), (\Place.value, values.upperBound, false),
    ] {
      func isSeen(_ place: Place) -> Bool { isLow ? place[keyPath: axis] >= bound : place[keyPath: axis] <= bound }
      var next: [Place] = []
      for (a, b) in zip([left.last].compactMap { $0 } + left, left) {
        if isSeen(a) != isSeen(b) {
          let share = (bound - a[keyPath: axis]) / (b[keyPath: axis] - a[keyPath: axis])
          next.append(
            Place(
              column: a.column + (b.column - a.column) * share, value: a.value + (b.value - a.value) * share))
        }
        if isSeen(b) { next.append(b) }
      }
      left = next
    }
    return left.count > 2 && left.allSatisfy { $0.column.isFinite && $0.value.isFinite } ? left : []
  }
}

extension StillPane {
  private typealias Place = StillFigure.Place

  /// Lines of a text, and characters of one.
  private static let (mostLines, mostCharacters) = (6, 80)

  /// Draws over all that has been drawn, within the prices that it takes.
  mutating func draw(_ drawings: ReportDrawings, _ record: RunRecord) {
    guard count > 0, low <= high else { return }
    let frame = StillFrame(columns: 0...Double(count), values: low...high)
    for drawing in drawings.figures {
      let places = drawing.places.map { place(of: $0, drawing, record) }
      switch drawing.kind {
      case .line: stroke(drawing, extended(places, drawing.extend ?? ""), frame)
      case .box:
        let (a, b) = (places[0], places[1])
        let corners = [a, Place(column: b.column, value: a.value), b, Place(column: a.column, value: b.value)]
        fill(drawing.fill ?? 0x56B4_E926, corners, frame)
        stroke(drawing, corners + [a], frame)
        let top = Place(column: min(a.column, b.column), value: max(a.value, b.value))
        write(drawing.text ?? "", .quiet, StillText(place: top, side: .inside, plate: nil), frame)
      case .polyline:
        let isClosed = drawing.isClosed == true
        if let color = drawing.fill { fill(color, places, frame) }
        if drawing.color != nil { stroke(drawing, places + (isClosed ? [places[0]] : []), frame) }
      case .label: label(drawing, places[0], frame)
      }
    }
  }

  private func place(of place: ReportDrawing.Place, _ drawing: ReportDrawing, _ record: RunRecord) -> Place {
    let bar = record.bars[Int(min(max(place.bar.rounded(), 0), Double(barCount - 1)))]
    let isBelow = drawing.yloc?.hasSuffix("belowbar") == true
    return Place(
      column: (place.bar + 0.5) * Double(count) / Double(barCount),
      value: place.price ?? (isBelow ? bar.low : bar.high))
  }

  /// A line goes on to the picture's edges where the script says so.
  private func extended(_ ends: [Place], _ extend: String) -> [Place] {
    let (a, b) = (ends[0], ends[1])
    guard a.column != b.column else { return ends }
    func at(_ column: Double) -> Place {
      Place(column: column, value: a.value + (b.value - a.value) * (column - a.column) / (b.column - a.column))
    }
    let (isLeft, isRight) = (extend.hasSuffix("left"), extend.hasSuffix("right"))
    let isBoth = extend.hasSuffix("both")
    return (isLeft || isBoth ? [at(0)] : []) + ends + (isRight || isBoth ? [at(Double(count))] : [])
  }

  private mutating func stroke(_ drawing: ReportDrawing, _ places: [Place], _ frame: StillFrame) {
    guard let ink = seen(drawing.color, otherwise: .quiet) else { return }
    let lines = frame.cut(line: places)
    guard !lines.isEmpty else { return }
    let style = drawing.style ?? ""
    let width = Int(min(max(drawing.width ?? 1, 1), 10))
    add(
      StillFigure(
        ink: ink,
        shape: .lines(lines, width: width, isDashed: style.hasSuffix("dashed") || style.hasSuffix("dotted"))))
  }

  private mutating func fill(_ color: UInt32, _ places: [Place], _ frame: StillFrame) {
    let area = frame.cut(area: places)
    guard let ink = seen(color, otherwise: .quiet), !area.isEmpty else { return }
    add(StillFigure(ink: ink, shape: .area(area)))
  }

  private mutating func label(_ drawing: ReportDrawing, _ place: Place, _ frame: StillFrame) {
    let style = drawing.style ?? ""
    let isBelow = drawing.yloc?.hasSuffix("belowbar") == true || style.hasSuffix("label_up")
    let plate = style.hasSuffix("none") ? nil : seen(drawing.color, otherwise: .link)
    guard var ink = seen(drawing.textColor, otherwise: plate == nil ? .text : .page) ?? plate else { return }
    if case .script(let bits) = ink, plate != nil { ink = .exact(bits) }
    // A plate without a text is a mark.
    let text = drawing.text ?? ""
    write(
      text.isEmpty && plate != nil ? " " : text, ink,
      StillText(place: place, side: isBelow ? .below : .above, plate: plate), frame)
  }

  private mutating func write(_ text: String, _ ink: StillInk, _ at: StillText, _ frame: StillFrame) {
    guard !text.isEmpty, frame.contains(at.place) else { return }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(Self.mostLines)
    add(StillFigure(ink: ink, shape: .text(lines.map { String($0.prefix(Self.mostCharacters)) }, at)))
  }

  /// nil where nothing is to be seen.
  private func seen(_ color: UInt32?, otherwise: StillInk) -> StillInk? {
    guard let color else { return otherwise }
    return color & 0xFF > 0 ? .script(color) : nil
  }
}
