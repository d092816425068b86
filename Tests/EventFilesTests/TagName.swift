// TagName.swift
// In these tests a tag is that of a series, not that of a test.

import EventFiles

typealias Tag = EventFiles.Tag
