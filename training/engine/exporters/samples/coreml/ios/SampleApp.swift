// What the model finds in a photo. In Xcode make an iOS app, give it this file in place of its own, and drag in
// Model.mlpackage, contract.json and sample.png from the folder above.
import CoreML
import PhotosUI
import SwiftUI
import Vision

struct Contract: Decodable {
    let task: String
    let shown_score: Float
}

/// `box`: as fractions of the picture, from its lower left, as Vision has it; none for a label of the whole picture.
struct Found: Identifiable {
    let id = UUID()
    let label: String
    let score: Float
    let box: CGRect?
}

struct Finder {
    let contract: Contract
    private let model: VNCoreMLModel

    init() throws {
        let at = Bundle.main.url(forResource: "contract", withExtension: "json")!
        contract = try JSONDecoder().decode(Contract.self, from: Data(contentsOf: at))
        model = try VNCoreMLModel(for: Model(configuration: MLModelConfiguration()).model)
    }

    func find(in picture: UIImage) throws -> [Found] {
        let request = VNCoreMLRequest(model: model)
        request.imageCropAndScaleOption = .scaleFill  // stretched, without letterbox, as in training
        let orientation = CGImagePropertyOrientation(picture.imageOrientation)
        try VNImageRequestHandler(cgImage: picture.cgImage!, orientation: orientation).perform([request])
        if contract.task == "classification" {
            let named = request.results as? [VNClassificationObservation] ?? []
            return named.prefix(5).map { Found(label: $0.identifier, score: $0.confidence, box: nil) }
        }
        let seen = request.results as? [VNRecognizedObjectObservation] ?? []
        return seen.filter { $0.confidence >= contract.shown_score }.map {
            Found(label: $0.labels[0].identifier, score: $0.confidence, box: $0.boundingBox)
        }
    }
}

extension CGImagePropertyOrientation {
    init(_ orientation: UIImage.Orientation) {
        switch orientation {
        case .down: self = .down
        case .left: self = .left
        case .right: self = .right
        case .upMirrored: self = .upMirrored
        case .downMirrored: self = .downMirrored
        case .leftMirrored: self = .leftMirrored
        case .rightMirrored: self = .rightMirrored
        default: self = .up
        }
    }
}

struct ContentView: View {
    @State private var picked: PhotosPickerItem?
    @State private var picture = UIImage(named: "sample.png")
    @State private var found: [Found] = []
    @State private var fault = ""

    var body: some View {
        VStack(spacing: 16) {
            if let picture {
                Image(uiImage: picture).resizable().scaledToFit().overlay { boxes }
            }
            List(found) { one in
                Text("\(one.label) \(one.score, format: .number.precision(.fractionLength(2)))")
            }
            if !fault.isEmpty { Text(fault).foregroundStyle(.red) }
            PhotosPicker("Choose a photo", selection: $picked, matching: .images)
        }
        .padding()
        .onAppear(perform: look)
        .onChange(of: picked) {
            Task {
                guard let content = try? await picked?.loadTransferable(type: Data.self) else { return }
                picture = UIImage(data: content)
                look()
            }
        }
    }

    private var boxes: some View {
        GeometryReader { space in
            ForEach(found) { one in
                if let box = one.box {
                    let (width, height) = (space.size.width, space.size.height)
                    Rectangle().stroke(.orange, lineWidth: 2)
                        .frame(width: box.width * width, height: box.height * height)
                        .position(x: box.midX * width, y: (1 - box.midY) * height)
                }
            }
        }
    }

    private func look() {
        guard let picture else { return }
        do {
            found = try Finder().find(in: picture)
            fault = ""
        } catch {
            found = []
            fault = error.localizedDescription
        }
    }
}

@main
struct SampleApp: App {
    var body: some Scene {
        WindowGroup { ContentView() }
    }
}
