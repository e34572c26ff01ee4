// Audit a record's public log with Go's own sumdb packages, which share nothing with the record's program.
//
// Usage: audit URL VERIFIER-KEY SIZE,SIZE,...
//
// It opens the checkpoint with sumdb/note, and with sumdb/tlog checks the proof of every entry, the consistency of every
// pair of sizes, and that the tiles prove the same. It ends with status 1 at the first thing that is not so.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var base string

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func fetch(path string) []byte {
	answer := must(http.Get(base + path))
	defer answer.Body.Close()
	body := must(io.ReadAll(answer.Body))
	if answer.StatusCode != http.StatusOK {
		log.Fatalf("%s: %s: %s", path, answer.Status, body)
	}
	return body
}

// openCheckpoint verifies a checkpoint's signature and answers the size and root that it tells.
func openCheckpoint(text []byte, verifier note.Verifier) (int64, tlog.Hash) {
	opened := must(note.Open(text, note.VerifierList(verifier)))
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		log.Fatalf("this is no checkpoint of %s: %q", verifier.Name(), opened.Text)
	}
	return must(strconv.ParseInt(lines[1], 10, 64)), must(tlog.ParseHash(lines[2]))
}

// readProof takes a tlog-proof apart: its index, its hashes and its checkpoint.
func readProof(text []byte) (int64, tlog.RecordProof, []byte) {
	head, checkpoint, _ := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		log.Fatalf("this is no proof: %q", text)
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		proof = append(proof, must(tlog.ParseHash(line)))
	}
	return must(strconv.ParseInt(lines[1][6:], 10, 64)), proof, checkpoint
}

// tiles reads the tiles of the record as sumdb/tlog asks for them.
type tiles struct{}

func (tiles) Height() int                         { return 8 }
func (tiles) SaveTiles([]tlog.Tile, [][]byte)     {}
func (tiles) ReadTiles(asked []tlog.Tile) (found [][]byte, err error) {
	for _, tile := range asked {
		// sumdb's own paths begin with the height, which is always 8 in C2SP tlog-tiles.
		found = append(found, fetch("/log/tile/"+strings.TrimPrefix(tile.Path(), "tile/8/")))
	}
	return found, nil
}

// readEntries answers all entries of a log of a size.
func readEntries(size int64) (entries [][]byte) {
	for start := int64(0); start < size; start += 256 {
		tile := tlog.Tile{H: 8, L: 0, N: start / 256, W: int(min(256, size-start))}
		bundle := fetch("/log/tile/entries/" + strings.TrimPrefix(tile.Path(), "tile/8/0/"))
		for len(bundle) > 0 {
			length := 2 + int(binary.BigEndian.Uint16(bundle))
			entries, bundle = append(entries, bundle[2:length]), bundle[length:]
		}
	}
	return entries
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func checkEntries(size int64, root tlog.Hash, verifier note.Verifier, reader tlog.HashReader) {
	entries := readEntries(size)
	if int64(len(entries)) != size {
		log.Fatalf("expected %d entries, got %d", size, len(entries))
	}
	for n, entry := range entries {
		index, proof, checkpoint := readProof(fetch(fmt.Sprintf("/log/proof?position=%d&size=%d", n, size)))
		if at, told := openCheckpoint(checkpoint, verifier); at != size || told != root || index != int64(n) {
			log.Fatalf("the proof of %d is under another checkpoint or of another index", n)
		}
		leaf := tlog.RecordHash(entry)
		if err := tlog.CheckRecord(proof, size, root, index, leaf); err != nil {
			log.Fatalf("entry %d: %v", n, err)
		}
		if fromTiles := must(tlog.ProveRecord(size, index, reader)); fmt.Sprint(fromTiles) != fmt.Sprint(proof) {
			log.Fatalf("the tiles prove entry %d in another way", n)
		}
	}
}

func checkConsistency(old, size int64, root tlog.Hash, reader tlog.HashReader) {
	var answer struct {
		Proof [][]byte
		Root  []byte
	}
	if err := json.Unmarshal(fetch(fmt.Sprintf("/log/consistency?from=%d&to=%d", old, size)), &answer); err != nil {
		log.Fatal(err)
	}
	var proof tlog.TreeProof
	for _, part := range answer.Proof {
		proof = append(proof, must(tlog.ParseHash(base64.StdEncoding.EncodeToString(part))))
	}
	was := must(tlog.TreeHash(old, reader))
	if err := json.Unmarshal(fetch(fmt.Sprintf("/log/root?size=%d", old)), &answer); err != nil {
		log.Fatal(err)
	}
	if !bytes.Equal(answer.Root, was[:]) {
		log.Fatalf("the root of size %d is another from the tiles", old)
	}
	if err := tlog.CheckTree(proof, size, root, old, was); err != nil {
		log.Fatalf("from %d to %d: %v", old, size, err)
	}
}

func main() {
	base = os.Args[1]
	verifier := must(note.NewVerifier(os.Args[2]))
	size, root := openCheckpoint(fetch("/log/checkpoint"), verifier)
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tiles{})
	checkEntries(size, root, verifier, reader)
	for _, text := range strings.Split(os.Args[3], ",") {
		checkConsistency(must(strconv.ParseInt(text, 10, 64)), size, root, reader)
	}
	fmt.Printf("%d entries and %d consistency proofs of %s hold\n", size, len(strings.Split(os.Args[3], ",")), verifier.Name())
}
