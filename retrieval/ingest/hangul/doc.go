// Package hangul reads documents of the word processor Hangul (한컴오피스 한글) in
// its formats HWPX and HWP 5.
package hangul
