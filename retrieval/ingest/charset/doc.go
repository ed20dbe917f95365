// Package charset decodes texts and names of files: UTF-8, UTF-16, CP949,
// EUC-KR, ISO-2022-KR and ISO-2022-JP, told apart by their bytes.
package charset
