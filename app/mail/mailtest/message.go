package mailtest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"
)

// Message is what the server took.
type Message struct {
	EnvelopeFrom string
	To           []string // of the envelope
	From         string   // header, decoded: Name <address>
	Subject      string   // decoded
	ID           string   // Message-ID with its angle brackets
	Text, HTML   string
	Header       mail.Header
	Raw          string
}

// Link returns the first address in the text part that holds the given words, for tests that follow it.
func (m Message) Link(containing string) string {
	for _, word := range strings.Fields(m.Text) {
		if strings.HasPrefix(word, "http") && strings.Contains(word, containing) {
			return word
		}
	}
	return ""
}

func parse(raw []byte, from string, to []string) (Message, error) {
	m := Message{EnvelopeFrom: from, To: append([]string(nil), to...), Raw: string(raw)}
	in, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return m, err
	}
	m.Header, m.ID = in.Header, in.Header.Get("Message-ID")
	words := new(mime.WordDecoder)
	if m.Subject, err = words.DecodeHeader(in.Header.Get("Subject")); err != nil {
		return m, err
	}
	if m.From, err = words.DecodeHeader(in.Header.Get("From")); err != nil {
		return m, err
	}
	kind, params, err := mime.ParseMediaType(in.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return m, fmt.Errorf("content type %q: %v", kind, err)
	}
	parts := multipart.NewReader(in.Body, params["boundary"])
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return m, nil
		}
		if err != nil {
			return m, err
		}
		body, err := io.ReadAll(part)
		if err != nil {
			return m, err
		}
		text := strings.ReplaceAll(string(body), "\r\n", "\n")
		switch kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")); kind {
		case "text/plain":
			m.Text = text
		case "text/html":
			m.HTML = text
		default:
			return m, fmt.Errorf("a part of type %q", kind)
		}
	}
}

// certificate makes a CA and a certificate of it for 127.0.0.1.
func certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	from, until := time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, NotBefore: from, NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	must(err)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "127.0.0.1"}, NotBefore: from, NotAfter: until,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, caKey)
	must(err)
	pool := x509.NewCertPool()
	parsed, err := x509.ParseCertificate(caDER)
	must(err)
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
