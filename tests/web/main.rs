//! Kith as its users and their browsers see it.

mod assets;
