import CryptoKit
import Foundation

/// The requests and answers of the external-signer protocol, version 1.
private let version = 1

/// The whole of a run: every input has an answer, and a refusal is one.
func answer(to input: Data, with settings: Settings) -> Data {
    var members: [String: Any]
    do {
        members = try respond(to: input, with: settings)
    } catch let refusal as Refusal {
        members = ["error": refusal.error, "message": oneLine(refusal.message)]
    } catch {
        members = ["error": "failed", "message": oneLine(error.localizedDescription)]
    }
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    let data = try? JSONSerialization.data(withJSONObject: members, options: options)
    return data ?? Data(#"{"error":"failed"}"#.utf8)
}

private func respond(to input: Data, with settings: Settings) throws -> [String: Any] {
    guard let request = try? JSONSerialization.jsonObject(with: input) as? [String: Any] else {
        throw Refusal(error: "failed", message: "the request is no JSON object")
    }
    let operation = request["operation"] as? String
    if operation == "describe" { return try describe(settings) }
    guard request["protocol"] as? Int == version, request["algorithm"] as? String == "ES256" else {
        throw Refusal(error: "unsupported", message: "it signs ES256, by version \(version) of the protocol")
    }
    let key = request["key"] as? String ?? ""
    let keys = KeyFolder(folder: settings.folder)
    switch operation {
    case "create": return try create(key, in: keys, with: settings)
    case "sign": return try sign(request["message"] as? String ?? "", with: key, in: keys, settings)
    case "destroy":
        try keys.remove(key)
        return [:]
    default: throw Refusal(error: "unsupported", message: "it does not know the operation")
    }
}

/// `presence` is what a signature really asks for: the settings are those that the key is made with, and no other is opened.
private func describe(_ settings: Settings) throws -> [String: Any] {
    guard SecureEnclave.isAvailable else { throw Refusal(error: "absent", message: "this Mac has no Secure Enclave") }
    return [
        "protocol": version,
        "algorithms": ["ES256"],
        "residence": "hardware",
        "presence": settings.presence == .none ? "none" : "biometric",
        "summary": "the Secure Enclave of this Mac, presence: \(settings.presence.rawValue)",
    ]
}

private func create(_ key: String, in keys: KeyFolder, with settings: Settings) throws -> [String: Any] {
    if try keys.load(key) == nil {
        _ = try keys.add(key, EnclaveKey.make(settings.presence).record)
    }
    // What is there now, also if another process was faster.
    guard let record = try keys.load(key) else { throw Refusal(error: "failed", message: "the key is gone again") }
    return ["publicKey": try EnclaveKey.open(record, with: settings).publicKey.base64EncodedString()]
}

private func sign(_ message: String, with key: String, in keys: KeyFolder, _ settings: Settings) throws -> [String: Any] {
    guard let record = try keys.load(key) else { throw Refusal(error: "key-absent", message: "there is no key \(key)") }
    guard let bytes = Data(base64Encoded: message) else {
        throw Refusal(error: "failed", message: "the message is no base64")
    }
    let signature = try EnclaveKey.open(record, with: settings).sign(bytes)
    return ["signature": signature.base64EncodedString(), "encoding": "jws"]
}

/// At most 200 characters without controls, as the protocol has it.
private func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 }.prefix(200))
}
