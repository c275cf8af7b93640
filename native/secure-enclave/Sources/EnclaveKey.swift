import CryptoKit
import Foundation
import LocalAuthentication
import Security

/// The key of a record, made in the Secure Enclave or opened there again.
struct EnclaveKey {
    let key: SecureEnclave.P256.Signing.PrivateKey
    let record: KeyRecord

    /// Makes a key. Nobody is asked for it: only a signature asks.
    static func make(_ presence: Presence) throws -> EnclaveKey {
        guard SecureEnclave.isAvailable else { throw absent() }
        do {
            let key = try SecureEnclave.P256.Signing.PrivateKey(accessControl: try accessControl(for: presence))
            return EnclaveKey(key: key, record: KeyRecord(version: 1, presence: presence, blob: key.dataRepresentation))
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw refusal(for: error)
        }
    }

    /// Opens a key. A signature then asks for what the *key* asks for, whatever the settings say.
    static func open(_ record: KeyRecord, with settings: Settings) throws -> EnclaveKey {
        guard SecureEnclave.isAvailable else { throw absent() }
        guard record.presence == settings.presence else {
            let made = "the key was made with --presence \(record.presence.rawValue)"
            throw Refusal(error: "failed", message: "\(made), and \(settings.presence.rawValue) was asked for")
        }
        let context = LAContext()
        context.localizedReason = settings.reason
        context.touchIDAuthenticationAllowableReuseDuration = settings.reuseSeconds
        do {
            let key = try SecureEnclave.P256.Signing.PrivateKey(dataRepresentation: record.blob, authenticationContext: context)
            return EnclaveKey(key: key, record: record)
        } catch {
            // Another Mac's, or one whose enrolled fingers were changed.
            throw Refusal(error: "key-absent", message: "this Mac's Secure Enclave does not take the key")
        }
    }

    /// SubjectPublicKeyInfo, RFC 5280 §4.1, in DER.
    var publicKey: Data { key.publicKey.derRepresentation }

    /// `r ‖ s` of ECDSA with SHA-256 over the message.
    func sign(_ message: Data) throws -> Data {
        do {
            return try key.signature(for: message).rawRepresentation
        } catch {
            throw EnclaveKey.refusal(for: error)
        }
    }

    private static func accessControl(for presence: Presence) throws -> SecAccessControl {
        // Unattended work goes on while the screen is locked, once somebody has logged in after the start.
        let whenAvailable =
            presence == .none ? kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly : kSecAttrAccessibleWhenUnlockedThisDeviceOnly
        var flags: SecAccessControlCreateFlags = [.privateKeyUsage]
        switch presence {
        case .any: flags.insert(.userPresence)
        case .biometric: flags.insert(.biometryCurrentSet)
        case .none: break
        }
        var failure: Unmanaged<CFError>?
        guard let control = SecAccessControlCreateWithFlags(nil, whenAvailable, flags, &failure) else {
            let reason = failure?.takeRetainedValue().localizedDescription ?? "no reason was given"
            throw Refusal(error: "failed", message: "no key of that kind can be made: \(reason)")
        }
        return control
    }

    private static func absent() -> Refusal {
        Refusal(error: "absent", message: "this Mac has no Secure Enclave")
    }

    private static func refusal(for error: Error) -> Refusal {
        let problem = error as NSError
        guard problem.domain == LAError.errorDomain else {
            return Refusal(error: "failed", message: problem.localizedDescription)
        }
        switch LAError.Code(rawValue: problem.code) {
        case .biometryNotAvailable, .biometryNotEnrolled, .passcodeNotSet, .biometryLockout, .userCancel, .userFallback,
            .systemCancel, .appCancel, .authenticationFailed, .notInteractive:
            return Refusal(error: "refused", message: problem.localizedDescription)
        default:
            return Refusal(error: "failed", message: problem.localizedDescription)
        }
    }
}
