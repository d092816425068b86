// TensorBoardCommand.swift
// The command that shows a log directory.

import ByteStreams

/// A command to copy into a shell.
enum TensorBoardCommand {
  /// TensorBoard would take a directory that begins with a hyphen for an option.
  static func line(logdir: String) -> String {
    ShellWord.line(["tensorboard", "--logdir", logdir.hasPrefix("-") ? "./\(logdir)" : logdir])
  }
}
