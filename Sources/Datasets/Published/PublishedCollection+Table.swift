// PublishedCollection+Table.swift
// The collections that aelog data fetch knows, a row each.

extension PublishedCollection {
  /// Sizes and SHA-256 are those of TensorFlow Datasets' lists of checksums. MD5 are those of the collections' own pages or of
  /// torchvision.
  package static let all: [PublishedCollection] = [
    PublishedCollection(
      "mnist",
      // The page of its authors no longer has the files; the two are the copies that PyTorch and TensorFlow use.
      homes: ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
      contents: .files([
        PublishedFile(
          "train-images-idx3-ubyte.gz", size: 9_912_422, md5: "f68b3c2dcbeaaa9fbdd348bbdeb94873",
          sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        PublishedFile(
          "train-labels-idx1-ubyte.gz", size: 28_881, md5: "d53e105ee54ea40749a09fcbcd1e9432",
          sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        PublishedFile(
          "t10k-images-idx3-ubyte.gz", size: 1_648_877, md5: "9fb629c4189551a2d022fa330f9573f3",
          sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        PublishedFile(
          "t10k-labels-idx1-ubyte.gz", size: 4_542, md5: "ec29112dd5afa0611ce80d1b7f02629c",
          sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
      ]), classNames: (0...9).map(String.init)),
    PublishedCollection(
      "fashion-mnist",
      homes: [
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
      ],
      contents: .files([
        PublishedFile(
          "train-images-idx3-ubyte.gz", size: 26_421_880, md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
          sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        PublishedFile(
          "train-labels-idx1-ubyte.gz", size: 29_515, md5: "25c81989df183df01b3e8a0aad5dffbe",
          sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        PublishedFile(
          "t10k-images-idx3-ubyte.gz", size: 4_422_102, md5: "bef4ecab320f06d8554ea6380940ec79",
          sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        PublishedFile(
          "t10k-labels-idx1-ubyte.gz", size: 5_148, md5: "bb300cfdad3c16e7a12a480ee83cd310",
          sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
      ]),
      classNames: [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
      ]),
    PublishedCollection(
      "kmnist", homes: ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
      contents: .files([
        PublishedFile(
          "train-images-idx3-ubyte.gz", size: 18_165_135, md5: "bdb82020997e1d708af4cf47b453dcf7",
          sha256: "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
        PublishedFile(
          "train-labels-idx1-ubyte.gz", size: 29_497, md5: "e144d726b3acfaa3e44228e80efcd344",
          sha256: "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
        PublishedFile(
          "t10k-images-idx3-ubyte.gz", size: 3_041_136, md5: "5c965bf0a639b31b8f53240b1b52f4d7",
          sha256: "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
        PublishedFile(
          "t10k-labels-idx1-ubyte.gz", size: 5_120, md5: "7320c461ea6c1c855c0b718fb2a4b134",
          sha256: "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
      ]), classNames: ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]),
    PublishedCollection(
      "emnist-letters",
      homes: ["https://biometrics.nist.gov/cs_links/EMNIST/", "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/"],
      contents: .zip(
        PublishedFile(
          "gzip.zip", size: 561_753_746, md5: "58c8d27c78d21e728a6bc7b3cc06412e",
          sha256: "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e"),
        // Gzipped, they are at most as large as their pixels: 124,800 and 20,800 images of 28×28.
        [
          ArchiveMember("gzip/emnist-letters-train-images-idx3-ubyte.gz", sizes: 1...97_843_216),
          ArchiveMember("gzip/emnist-letters-train-labels-idx1-ubyte.gz", sizes: 1...124_808),
          ArchiveMember("gzip/emnist-letters-test-images-idx3-ubyte.gz", sizes: 1...16_307_216),
          ArchiveMember("gzip/emnist-letters-test-labels-idx1-ubyte.gz", sizes: 1...20_808),
        ]), classNames: "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init)),
    PublishedCollection(
      "cifar10", homes: ["https://www.cs.toronto.edu/~kriz/"],
      contents: .tar(
        PublishedFile(
          "cifar-10-binary.tar.gz", size: 170_052_171, md5: "c32a1d4ab5d03f1284b67883e8d87530",
          sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"),
        // 10,000 images: a label and 32×32×3 pixels each.
        (1...5).map { ArchiveMember("cifar-10-batches-bin/data_batch_\($0).bin", sizes: 30_730_000...30_730_000) } + [
          ArchiveMember("cifar-10-batches-bin/test_batch.bin", sizes: 30_730_000...30_730_000),
          ArchiveMember("cifar-10-batches-bin/batches.meta.txt", sizes: 1...4096),
        ])),
    PublishedCollection(
      "cifar100", homes: ["https://www.cs.toronto.edu/~kriz/"],
      contents: .tar(
        PublishedFile(
          "cifar-100-binary.tar.gz", size: 168_513_733, md5: "03b5dce01913d631647c71ecec9e9cb8",
          sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"),
        // 50,000 and 10,000 images: two labels and 32×32×3 pixels each.
        [
          ArchiveMember("cifar-100-binary/train.bin", sizes: 153_700_000...153_700_000),
          ArchiveMember("cifar-100-binary/test.bin", sizes: 30_740_000...30_740_000),
          ArchiveMember("cifar-100-binary/fine_label_names.txt", sizes: 1...65_536),
          ArchiveMember("cifar-100-binary/coarse_label_names.txt", sizes: 1...65_536),
        ])),
  ]
}
