"""What a store of audits says about many images, made ready for people and for programs."""
