import Artifacts
import Testing

@Suite struct NativeCodeTests {
  @Test func `a file that is not there is a sentence`() {
    #expect(throws: ArtifactError.self) { try NativeCode(opening: "/nonexistent/x.so") }
  }
}
