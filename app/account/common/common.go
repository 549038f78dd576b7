// Package common knows the passwords that people use most, so that none of them is taken for a new one.
//
// They are in a Bloom filter (https://doi.org/10.1145/362686.362692): it never misses one of them, and takes one other text
// in some 20,000 for one of them. It was filled by package fill out of the million passwords that were found most often in
// breaches, those of ten characters and more; the list isn't needed any more.
package common

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
)

// Bits and probes of a filter: 20 bits and 14 probes for each of its passwords.
const (
	bitsEach = 20
	probes   = 14
)

//go:embed passwords.bloom
var passwords []byte

// Has reports whether many people use a password. It is to be in lower case.
func Has(password string) bool { return Filter(passwords).Has(password) }

// Filter is the bits of a Bloom filter.
type Filter []byte

// NewFilter returns an empty filter with room for n texts.
func NewFilter(n int) Filter { return make(Filter, (n*bitsEach+7)/8) }

// Add puts a text into the filter.
func (f Filter) Add(text string) {
	f.probe(text, func(at, bit uint64) bool {
		f[at] |= 1 << bit
		return true
	})
}

// Has reports whether a text was put into the filter.
func (f Filter) Has(text string) bool {
	return f.probe(text, func(at, bit uint64) bool { return f[at]&(1<<bit) != 0 })
}

// probe visits the bits of a text until see says no. They come from two halves of one hash.
// https://doi.org/10.1002/rsa.20208
func (f Filter) probe(text string, see func(at, bit uint64) bool) bool {
	sum := sha256.Sum256([]byte(text))
	a, b := binary.LittleEndian.Uint64(sum[:8]), binary.LittleEndian.Uint64(sum[8:16])|1
	for i := range uint64(probes) {
		n := (a + i*b) % uint64(8*len(f))
		if !see(n/8, n%8) {
			return false
		}
	}
	return true
}
