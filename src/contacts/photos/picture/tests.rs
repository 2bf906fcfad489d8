use image::{ImageEncoder, Rgb, Rgba, RgbaImage};

use super::*;

fn png(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Red on its left half, blue on the right, with a note of how to turn it.
fn turned(orientation: u8) -> Vec<u8> {
    let picture = RgbImage::from_fn(64, 32, |x, _| if x < 32 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) });
    let exif = [&b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"[..], &[orientation, 0, 0, 0], &[0; 4]].concat();
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    encoder.set_exif_metadata(exif).unwrap();
    encoder.encode_image(&picture).unwrap();
    bytes
}

fn read(bytes: &[u8]) -> RgbImage {
    image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).unwrap().to_rgb8()
}

#[test]
fn a_photo_is_small_and_keeps_its_proportions() {
    let noise = RgbImage::from_fn(1600, 900, |x, y| {
        let one = x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503) ^ (x * y);
        Rgb([one.to_le_bytes()[0], one.to_le_bytes()[1], one.to_le_bytes()[2]])
    });
    let photo = made(&png(&noise.into())).unwrap();
    assert_eq!(read(&photo.bytes).dimensions(), (512, 288));
    assert!(photo.bytes.len() <= 200 << 10, "{}", photo.bytes.len());
    let tiny = made(&png(&RgbImage::new(3, 2).into())).unwrap();
    assert_eq!(read(&tiny.bytes).dimensions(), (3, 2), "nothing is blown up");
}

#[test]
fn a_jpeg_that_was_cut_off_is_refused_and_what_a_camera_appends_is_not() {
    let whole = turned(6);
    for part in 1..10 {
        assert_eq!(made(&whole[..whole.len() * part / 10]), Err(DAMAGED), "{part} tenths");
    }
    assert!(made(&[&whole[..], b"and what a camera adds"].concat()).is_ok());
}

#[test]
fn a_photo_is_turned_upright_as_its_camera_noted() {
    assert!(turned(6).windows(4).any(|part| part == b"Exif"));
    let photo = made(&turned(6)).unwrap();
    let upright = read(&photo.bytes);
    assert_eq!(upright.dimensions(), (32, 64));
    assert!(upright.get_pixel(16, 8).0[0] > 200 && upright.get_pixel(16, 56).0[2] > 200, "red is on top");
    assert!(!photo.bytes.windows(4).any(|part| part == b"Exif"));
}

#[test]
fn what_one_could_see_through_is_white() {
    let glass = RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, 0]));
    assert_eq!(read(&made(&png(&glass.into())).unwrap().bytes).get_pixel(4, 4).0, [255, 255, 255]);
}

#[test]
fn a_photo_of_ours_is_the_same_photo_once_more() {
    let photo = made(&turned(1)).unwrap();
    let again = made(&photo.bytes).unwrap();
    assert_eq!((again.id, &again.bytes), (photo.id, &photo.bytes));
    assert_ne!(photo.source_id, photo.id);
    // But not with anything behind or inside it.
    let behind = made(&[&photo.bytes[..], b"<script>alert(1)</script>"].concat()).unwrap();
    assert!(!behind.bytes.windows(8).any(|part| part == b"<script>"));
    let (head, rest) = photo.bytes.split_at(2);
    let inside = made(&[head, b"\xFF\xFE\0\x0Asecret!!", rest].concat()).unwrap();
    assert!(!inside.bytes.windows(6).any(|part| part == b"secret"));
}

#[test]
fn what_is_no_picture_is_refused_in_words() {
    let gif_and_script = b"GIF89a/*\x01\0\x01\0\0\0*/=1;alert(document.cookie)//";
    for (file, words) in [
        (&b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"[..], "can hold scripts"),
        (b"\xEF\xBB\xBF \n<?xml version='1.0'?><svg/>", "can hold scripts"),
        (b"<!doctype html><title>x</title>", "can hold scripts"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"%PDF-1.7", "no picture that Kith can read"),
        (b"BM\x46\0\0\0", "no picture that Kith can read"),
        (&turned(1)[..60], "damaged"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (gif_and_script, "damaged"),
    ] {
        let why = made(file).unwrap_err();
        assert!(why.contains(words), "{:?}: {why}", &file[..file.len().min(12)]);
    }
}

#[test]
fn a_picture_that_would_fill_the_memory_is_not_unpacked() {
    // A PNG of 50,000 by 50,000 pixels, of which nothing but the first lines is there.
    let mut bomb = png(&RgbImage::new(1, 1).into());
    bomb[16..24].copy_from_slice(&[0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50]);
    let sum = crc32(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&sum.to_be_bytes());
    assert_eq!(made(&bomb), Err(TOO_LARGE));
    let mut jpeg = turned(1);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(made(&jpeg), Err(TOO_LARGE));
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 })
    })
}
