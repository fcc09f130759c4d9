extension ObjectHeap {
  func write(_ writer: inout StateWriter) {}
  func read(_ reader: inout StateReader) {}
}
