@main struct Fxaot { static func main() {} }
