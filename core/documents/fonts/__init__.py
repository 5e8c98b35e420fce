"""The two fonts of the documents as package data, with their licences; README.txt says how they were made."""
