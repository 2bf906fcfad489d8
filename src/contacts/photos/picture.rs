//! A picture that somebody chose becomes a photo: small, upright, a JPEG, and nothing but its pixels. Whatever else the
//! file said, such as where it was taken, is gone, and so is whatever else the file was.

use std::io::Cursor;
use std::sync::LazyLock;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::error::AppError;

/// The largest file that is looked at.
pub const MAX_BYTES: u64 = 10 << 20;
/// A photo is at most so wide and so high.
const SIDE: u32 = 512;
/// And takes so many bytes, wherever a worse quality makes that possible.
const SMALL: usize = 100 << 10;
/// From the best quality to the worst.
const QUALITIES: [u8; 4] = [85, 75, 60, 45];
/// More pixels than this are not unpacked: a few kilobytes can hold a thousand times as many.
const MAX_PIXELS: u64 = 40_000_000;

/// One picture at a time in the whole program: its pixels take up to MAX_PIXELS times four bytes.
static TURN: Semaphore = Semaphore::const_new(1);

/// A photo as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// Its content's hash: the same bytes are the same photo.
    pub id: Uuid,
    /// The hash of the file that it was made from.
    pub source_id: Uuid,
    /// A JPEG.
    pub bytes: Vec<u8>,
}

impl Photo {
    /// Whether the file was one that Kith had written.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.id == self.source_id
    }
}

/// Makes a photo of a file; answers in one sentence why there is none.
///
/// # Errors
/// When the program is ending.
pub async fn photo_of(file: Vec<u8>) -> Result<Result<Photo, &'static str>, AppError> {
    let _turn = TURN.acquire().await.map_err(anyhow::Error::from)?;
    match tokio::task::spawn_blocking(move || made(&file)).await {
        Ok(made) => Ok(made),
        // A decoder that a file brings down has not read it.
        Err(error) if error.is_panic() => Ok(Err(DAMAGED)),
        Err(error) => Err(AppError::Internal(error.into())),
    }
}

const DAMAGED: &str = "This picture is damaged or cut off and cannot be read. Choose another one.";
const TOO_LARGE: &str = "This picture has more than 40 million pixels. Make it smaller, and choose it again.";
const DRAWING: &str =
    "This is no photo but a drawing or a page that can hold scripts. Save it as a PNG or JPEG, and choose that.";
const OF_A_CAMERA: &str = "This is a HEIC or AVIF photo, which Kith cannot read. Save it as a JPEG, and choose that.";
const UNKNOWN: &str = "This is no picture that Kith can read. Choose a JPEG, PNG, GIF or WebP.";

fn made(file: &[u8]) -> Result<Photo, &'static str> {
    let source_id = id_of(file);
    let pixels = shrunk(file)?;
    if is_written_here(file) {
        // Written by Kith: once more through the encoder would cost quality for nothing.
        return Ok(Photo { id: source_id, source_id, bytes: file.to_vec() });
    }
    let mut bytes = Vec::new();
    for quality in QUALITIES {
        bytes.clear();
        JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&pixels).map_err(|_| DAMAGED)?;
        if bytes.len() <= SMALL {
            break;
        }
    }
    Ok(Photo { id: id_of(&bytes), source_id, bytes })
}

/// The picture, upright, no larger than a photo is, and white where one could see through it.
fn shrunk(file: &[u8]) -> Result<RgbImage, &'static str> {
    let format = image::guess_format(file).ok();
    if !matches!(format, Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::Gif | ImageFormat::WebP)) {
        return Err(why_not(file));
    }
    if format == Some(ImageFormat::Jpeg) && !is_whole(file) {
        return Err(DAMAGED);
    }
    let mut reader = ImageReader::with_format(Cursor::new(file), format.ok_or(UNKNOWN)?);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_PIXELS * 4 + (16 << 20));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS || decoder.total_bytes() > MAX_PIXELS * 4 {
        return Err(TOO_LARGE);
    }
    // Nothing is upside down for want of a readable note about it.
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    if width.max(height) > SIDE * 2 {
        // Coarsely first, for the finer way takes memory as wide as the original.
        picture = picture.thumbnail(SIDE * 2, SIDE * 2);
    }
    if width.max(height) > SIDE {
        picture = picture.resize(SIDE, SIDE, FilterType::CatmullRom);
    }
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(on_white(&picture))
}

/// Whether a JPEG goes on to its end (ITU-T T.81, B.2): the decoder takes what is missing for grey. Behind the head no
/// FF D9 stands but the end's, for there FF is followed by 00 or by the marker that it begins.
fn is_whole(file: &[u8]) -> bool {
    let mut rest = file.get(2..).unwrap_or_default();
    while let [0xFF, marker, tail @ ..] = rest {
        rest = match (*marker, tail) {
            (0xFF, _) => &rest[1..],
            (0xDA, scan) => return scan.windows(2).any(|pair| pair == [0xFF, 0xD9]),
            (_, [high, low, ..]) => tail.get(usize::from(*high) << 8 | usize::from(*low)..).unwrap_or_default(),
            _ => return false,
        };
    }
    false
}

fn refused(error: image::ImageError) -> &'static str {
    if matches!(error, image::ImageError::Limits(_)) { TOO_LARGE } else { DAMAGED }
}

fn why_not(file: &[u8]) -> &'static str {
    let is_text = file.trim_ascii_start().strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file).trim_ascii_start();
    match file.get(4..8) {
        _ if is_text.starts_with(b"<") => DRAWING,
        Some(b"ftyp") => OF_A_CAMERA,
        _ => UNKNOWN,
    }
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let seen = picture.to_rgba8();
    RgbImage::from_fn(seen.width(), seen.height(), |x, y| {
        let [red, green, blue, alpha] = seen.get_pixel(x, y).0.map(u32::from);
        let over = |color: u32| u8::try_from((color * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        image::Rgb([red, green, blue].map(over))
    })
}

/// The first half of a hash, as a UUID of version 8.
fn id_of(bytes: &[u8]) -> Uuid {
    let mut half = [0; 16];
    half.copy_from_slice(&Sha256::digest(bytes)[..16]);
    uuid::Builder::from_custom_bytes(half).into_uuid()
}

/// What stands in front of the pixels of everything that Kith writes, and where height and width stand in it.
static HEADS: LazyLock<Vec<(Vec<u8>, usize)>> =
    LazyLock::new(|| QUALITIES.iter().filter_map(|one| head(*one)).collect());

fn head(quality: u8) -> Option<(Vec<u8>, usize)> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&RgbImage::new(1, 1)).ok()?;
    let find = |marker: [u8; 2]| bytes.windows(2).position(|pair| pair == marker);
    let (frame, scan) = (find([0xFF, 0xC0])?, find([0xFF, 0xDA])?);
    let end = scan + 2 + usize::from(u16::from_be_bytes([*bytes.get(scan + 2)?, *bytes.get(scan + 3)?]));
    bytes.truncate(end);
    // Behind the marker: two bytes of length, one of precision.
    Some((bytes, frame + 5))
}

/// Whether this is a JPEG as Kith writes them, and nothing else: the same tables, no more than a photo's size, and
/// behind them pixels up to the end of the file.
fn is_written_here(file: &[u8]) -> bool {
    let begins = |(head, size): &&(Vec<u8>, usize)| {
        let fits = |at: usize| matches!(file.get(at..at + 2), Some([high, low]) if (1..=SIDE).contains(&(u32::from(*high) << 8 | u32::from(*low))));
        file.get(..*size) == head.get(..*size)
            && file.get(size + 4..head.len()) == head.get(size + 4..)
            && fits(*size)
            && fits(size + 2)
    };
    let Some((head, _)) = HEADS.iter().find(begins) else { return false };
    let Some((pixels, [0xFF, 0xD9])) = file[head.len()..].split_last_chunk() else { return false };
    file.len() <= SMALL && pixels.windows(2).all(|pair| pair[0] != 0xFF || pair[1] == 0) && pixels.last() != Some(&0xFF)
}

#[cfg(test)]
mod tests;
