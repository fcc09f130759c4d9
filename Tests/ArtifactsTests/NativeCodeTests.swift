import Artifacts
import Testing

@Suite struct NativeCodeTests {
  @Test func aFileThatIsNotThereIsASentence() {
    #expect(throws: ArtifactError.self) { try NativeCode(opening: "/nonexistent/x.so") }
  }
}
